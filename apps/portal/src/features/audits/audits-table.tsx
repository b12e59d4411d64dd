'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo, type ReactNode } from 'react'
import { VerdictMark } from '@/features/audits/verdict-mark'
import type { AuditSummaryFragment } from '@/gql/graphql'
import { Moment } from '@/ui/moment'
import { Table } from '@/ui/table'
import { TextLink } from '@/ui/text-link'

const column = createColumnHelper<AuditSummaryFragment>()

export function AuditsTable({
  caption,
  rows,
  footer,
}: {
  caption: string
  rows: AuditSummaryFragment[]
  footer?: ReactNode
}) {
  const t = useTranslations('audit')
  const columns = useMemo(
    () => [
      column.accessor('number', {
        header: t('column.audit'),
        cell: ({ row }) => (
          <TextLink href={`/audits/${encodeURIComponent(row.original.id)}`} className="whitespace-nowrap">
            {t('name', { number: row.original.number })}
          </TextLink>
        ),
      }),
      column.accessor('verdict', {
        header: t('column.verdict'),
        cell: ({ getValue }) => <VerdictMark verdict={getValue()} />,
      }),
      column.accessor((row) => row.after.number, {
        id: 'versions',
        header: t('column.versions'),
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="whitespace-nowrap">
            {original.after.model.name}{' '}
            <span className="text-ink-2">
              {t('fromTo', { before: original.before.number, after: original.after.number })}
            </span>
          </span>
        ),
      }),
      column.accessor('createdAt', { header: t('column.at'), cell: ({ getValue }) => <Moment at={getValue()} day /> }),
    ],
    [t],
  )
  return <Table caption={caption} rows={rows} columns={columns} rowKey={(row) => row.id} footer={footer} />
}
