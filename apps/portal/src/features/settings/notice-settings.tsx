'use client'
import { useTranslations } from 'next-intl'
import { useViewer } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { TextLink } from '@/ui/text-link'

/** Who is told what happens: the viewer by mail, systems outside by webhook. */
export function NoticeSettings() {
  const t = useTranslations()
  const { actions, tenant } = useViewer()
  if (!tenant) return null
  return (
    <Card title={t('settings.notices')}>
      <ul className="grid gap-2 text-sm">
        <li>
          <TextLink href="/settings/notifications">{t('notices.mail')}</TextLink>
        </li>
        {actions.includes('webhook:read') ? (
          <li>
            <TextLink href="/settings/webhooks">{t('webhooks.title')}</TextLink>
          </li>
        ) : null}
      </ul>
    </Card>
  )
}
