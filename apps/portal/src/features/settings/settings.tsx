'use client'
import { useTranslations, useTimeZone } from 'next-intl'
import { AccessLinks } from '@/features/access/access-links'
import { SessionsCard } from '@/features/account/sessions-card'
import { CostLink } from '@/features/costs/cost-link'
import { LocaleChoice, ThemeChoice } from '@/features/settings/choices'
import { MemberLocaleChoice } from '@/features/settings/member-locale-choice'
import { NoticeSettings } from '@/features/settings/notice-settings'
import { useViewer } from '@/session/viewer-context'
import { Card, Facts } from '@/ui/card'
import { Page } from '@/ui/page'

export function Settings() {
  const t = useTranslations()
  const viewer = useViewer()
  const zone = useTimeZone()
  return (
    <Page
      title={t('nav.settings')}
      answer={t('settings.answer', { name: viewer.name, role: t(`roles.${viewer.role}`) })}
    >
      <Card title={t('settings.display')}>
        <div className="flex flex-wrap gap-x-10 gap-y-5">
          {viewer.tenant ? <MemberLocaleChoice /> : <LocaleChoice />}
          <ThemeChoice />
        </div>
      </Card>
      <NoticeSettings />
      <CostLink />
      <Card title={t('settings.account')}>
        <Facts
          columns={2}
          rows={[
            [t('signIn.email'), viewer.email],
            [t('settings.tenant'), viewer.tenant?.name ?? t('nav.platform')],
            [t('settings.timeZone'), zone ?? 'UTC'],
            [t('rights.role'), t(`rights.roleHint.${viewer.role}`)],
          ]}
        />
        <details className="mt-4 text-sm">
          <summary className="w-fit rounded text-xs text-ink-2 underline decoration-dotted underline-offset-4">
            {t('settings.mayDo', { count: viewer.actions.length })}
          </summary>
          <ul className="mt-3 flex flex-wrap gap-1.5">
            {viewer.actions.map((action) => (
              <li key={action} className="rounded bg-well px-1.5 py-0.5 font-mono text-xs">
                {action}
              </li>
            ))}
          </ul>
        </details>
      </Card>
      <SessionsCard />
      <AccessLinks />
    </Page>
  )
}
