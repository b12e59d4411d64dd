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
  const mayReadWebhooks = actions.includes('webhook:read')
  return (
    <Card title={t(mayReadWebhooks ? 'settings.notices' : 'settings.noticesOfMine')}>
      <ul className="grid gap-2 text-sm">
        <li className="flex flex-wrap gap-x-3">
          <TextLink href="/settings/notifications">{t('notices.mail')}</TextLink>
          <span className="text-ink-2">{t('notices.mailLink')}</span>
        </li>
        {mayReadWebhooks ? (
          <li className="flex flex-wrap gap-x-3">
            <TextLink href="/settings/webhooks">{t('webhooks.title')}</TextLink>
            <span className="text-ink-2">{t('webhooks.link')}</span>
          </li>
        ) : null}
      </ul>
    </Card>
  )
}
