'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo, type ReactNode } from 'react'
import { RequestState } from '@/features/erasure/request-state'
import { ClockState, DueDate } from '@/features/sla/clock'
import type { RequestSummaryFragment } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { Moment } from '@/ui/moment'
import { Table } from '@/ui/table'
import { TextLink } from '@/ui/text-link'

const column = createColumnHelper<RequestSummaryFragment>()

export function RequestsTable({
  caption,
  rows,
  footer,
}: {
  caption: string
  rows: RequestSummaryFragment[]
  footer?: ReactNode
}) {
  const t = useTranslations('erasure')
  const { number, due } = useQuantities()
  const columns = useMemo(
    () => [
      column.accessor('number', {
        header: t('column.request'),
        cell: ({ row }) => (
          <TextLink href={`/requests/${encodeURIComponent(row.original.id)}`} className="whitespace-nowrap">
            {t('request', { number: row.original.number })}
          </TextLink>
        ),
      }),
      column.accessor('state', {
        header: t('column.state'),
        cell: ({ getValue }) => <RequestState state={getValue()} />,
      }),
      column.accessor((row) => row.owner?.subjectKey ?? '', {
        id: 'owner',
        header: t('column.owner'),
        cell: ({ getValue }) => (
          <span className="whitespace-nowrap">
            {getValue() || <span className="text-ink-3">{t('hiddenOwner')}</span>}
          </span>
        ),
      }),
      column.accessor('forgetCount', {
        header: t('column.pictures'),
        cell: ({ getValue }) => number(getValue()),
        meta: { numeric: true },
      }),
      column.accessor((row) => row.clock.dueAt, {
        id: 'due',
        header: t('column.due'),
        cell: ({ row }) => (
          <span className="grid justify-items-start gap-1">
            <DueDate clock={row.original.clock} />
            <span className="flex items-center gap-2 text-xs whitespace-nowrap text-ink-2">
              <ClockState state={row.original.clock.state} dueAt={row.original.clock.dueAt} />
              {row.original.closedAt ? null : due(row.original.clock.dueAt)}
            </span>
          </span>
        ),
      }),
      column.accessor('receivedAt', {
        header: t('column.received'),
        cell: ({ getValue }) => <Moment at={getValue()} day />,
      }),
    ],
    [t, number, due],
  )
  return <Table caption={caption} rows={rows} columns={columns} rowKey={(row) => row.id} footer={footer} />
}
