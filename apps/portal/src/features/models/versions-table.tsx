'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { VersionState } from '@/features/models/version-state'
import { methodName } from '@/features/runs/run-line'
import type { LineageVersionFragment } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { Moment } from '@/ui/moment'
import { Table } from '@/ui/table'
import { TextLink } from '@/ui/text-link'

const column = createColumnHelper<LineageVersionFragment>()

export function VersionsTable({ caption, rows }: { caption: string; rows: LineageVersionFragment[] }) {
  const t = useTranslations()
  const { number, duration } = useQuantities()
  const columns = useMemo(
    () => [
      column.accessor('number', {
        header: t('model.column.version'),
        cell: ({ row: { original } }) => (
          <TextLink href={`/models/versions/${encodeURIComponent(original.id)}`} className="whitespace-nowrap">
            {t('model.version', { number: original.number })}
          </TextLink>
        ),
      }),
      column.accessor('state', {
        header: t('model.column.state'),
        cell: ({ getValue }) => <VersionState state={getValue()} />,
      }),
      column.accessor((row) => (row.method ? methodName(t, row.method) : t(`model.origin.${row.origin}`)), {
        id: 'origin',
        header: t('model.column.origin'),
      }),
      column.accessor((row) => row.parent?.number ?? 0, {
        id: 'parent',
        header: t('model.column.parent'),
        cell: ({ getValue }) => getValue() || '–',
        meta: { numeric: true },
      }),
      column.accessor('forgottenCount', {
        header: t('model.column.forgotten'),
        cell: ({ getValue }) => number(getValue()),
        meta: { numeric: true },
      }),
      column.accessor((row) => row.cost?.wallSeconds ?? 0, {
        id: 'cost',
        header: t('model.column.time'),
        cell: ({ getValue }) => (getValue() ? duration(getValue()) : '–'),
        meta: { numeric: true },
      }),
      column.accessor((row) => row.readyAt ?? row.createdAt, {
        id: 'at',
        header: t('model.column.readyAt'),
        cell: ({ getValue }) => <Moment at={getValue()} />,
      }),
    ],
    [t, number, duration],
  )
  return <Table caption={caption} rows={rows} columns={columns} rowKey={(row) => row.id} />
}
