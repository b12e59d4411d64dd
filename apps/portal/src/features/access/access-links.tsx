'use client'
import { useTranslations } from 'next-intl'
import { useViewer } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { TextLink } from '@/ui/text-link'

const pages = [
  ['member:read', '/settings/members', 'members'],
  ['key:read', '/settings/keys', 'keys'],
  ['auditor:read', '/settings/auditors', 'auditors'],
  ['sso:read', '/settings/single-sign-on', 'sso'],
] as const

/** The ways to members, keys, auditors' access and single sign-on, as far as the viewer may see them. */
export function AccessLinks() {
  const t = useTranslations('rights')
  const { actions } = useViewer()
  const seen = pages.filter(([action]) => actions.includes(action))
  if (seen.length === 0) return null
  return (
    <Card title={t('title')} note={t('note')}>
      <ul className="grid gap-2 text-sm">
        {seen.map(([, href, name]) => (
          <li key={href} className="flex flex-wrap gap-x-3">
            <TextLink href={href}>{t(`${name}.title`)}</TextLink>
            <span className="text-ink-2">{t(`${name}.link`)}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
