'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { RecordListAccessDocument, type TenantCalendarQuery } from '@/gql/graphql'
import { lastInTime } from '@/i18n/quantities'
import { newIdempotencyKey, useChange } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Button } from '@/ui/button'
import { Card } from '@/ui/card'
import { Confirm } from '@/ui/dialog'
import { Moment } from '@/ui/moment'

/** California's deletion platform: its list is fetched at least every 45 days. */
export function ListAccessCard({ access }: { access: TenantCalendarQuery['tenantCalendar']['listAccess'] }) {
  const t = useTranslations('sla.listAccess')
  const { actions } = useViewer()
  const [error, setError] = useState<string | null>(null)
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const change = useChange(RecordListAccessDocument)
  const record = async (): Promise<boolean> => {
    setError(null)
    try {
      const { recordListAccess: result } = await change.mutateAsync({ input: { idempotencyKey } })
      setIdempotencyKey(newIdempotencyKey())
      if (result.__typename !== 'UserError') return true
      setError(result.message)
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
    return false
  }
  return (
    <Card
      title={t('title')}
      note={t('note')}
      action={
        actions.includes('clock:write') ? (
          <Confirm
            trigger={<Button>{t('record')}</Button>}
            title={t('record')}
            consequence={t('consequence')}
            confirm={t('record')}
            pending={change.isPending}
            error={error}
            onConfirm={record}
          />
        ) : null
      }
    >
      {access ? (
        <p className="text-sm">
          {t('last')} <Moment at={access.fetchedAt} /> · {access.isLate ? t('late') : t('next')}{' '}
          <Moment at={lastInTime(access.nextDueAt).toISOString()} day />
        </p>
      ) : (
        <p className="text-sm text-ink-2">{t('never')}</p>
      )}
    </Card>
  )
}
