'use client'
import { useTranslations } from 'next-intl'
import { AccessStandingDocument } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { Moment } from '@/ui/moment'
import { TextLink } from '@/ui/text-link'

/** What bounds the viewer beside their role: a suspended tenant, and an external auditor's cases and time. */
export function StandingNote() {
  const t = useTranslations('rights.standing')
  const { role } = useViewer()
  const { data } = useDocument(AccessStandingDocument, {})
  const viewer = data?.viewer
  if (!viewer) return null
  const suspended = viewer.tenant?.suspendedAt == null ? null : viewer.tenant
  if (suspended === null && role !== 'auditor') return null
  return (
    <>
      {suspended ? (
        <div role="status">
          <Card title={t('suspended')} note={t('suspendedNote')}>
            <p className="text-sm">{suspended.suspendedReason}</p>
          </Card>
        </div>
      ) : null}
      {role === 'auditor' ? (
        <Card title={t('cases')} note={viewer.casesUntil == null ? t('noCases') : t('casesNote')}>
          <p className="flex flex-wrap gap-x-4 text-sm">
            {viewer.casesUntil == null ? null : (
              <span>
                {t('until')} <Moment at={viewer.casesUntil} />
              </span>
            )}
            <TextLink href="/settings/auditors">{t('show')}</TextLink>
          </p>
        </Card>
      ) : null}
    </>
  )
}
