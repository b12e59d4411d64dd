'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import type { RuleTermFragment, TenantCalendarQuery } from '@/gql/graphql'
import { Table } from '@/ui/table'

type Row = TenantCalendarQuery['tenantCalendar']['statutes'][number]

const column = createColumnHelper<Row>()

export function RuleTable({ statutes }: { statutes: readonly Row[] }) {
  const t = useTranslations('sla')
  const columns = useMemo(() => {
    const term = (value: RuleTermFragment | null | undefined) =>
      value ? t(`unit.${value.unit}`, { count: value.count }) : '–'
    return [
      column.accessor('citation', {
        header: t('statute'),
        cell: ({ row: { original } }) => (
          <span className="block sm:min-w-48">
            <span className="block font-medium">{t(`statuteName.${original.statuteId}`)}</span>
            <span className="block text-xs text-ink-2">
              {original.citation} · {t('rules.version', { version: original.version })}
            </span>
          </span>
        ),
      }),
      column.accessor((row) => term(row.acknowledge), { id: 'acknowledge', header: t('deadline.acknowledge') }),
      column.accessor((row) => term(row.period), { id: 'period', header: t('step.period') }),
      column.accessor((row) => term(row.extension), { id: 'extension', header: t('step.extension') }),
      column.accessor((row) => (row.pauses ? t('rules.yes') : t('rules.no')), {
        id: 'pauses',
        header: t('rules.pauses'),
      }),
      column.accessor((row) => (row.rollsOverHolidays ? t('rules.yes') : t('rules.no')), {
        id: 'rollsOver',
        header: t('rules.rollsOver'),
      }),
      column.accessor((row) => t(`unverifiable.${row.unverifiable}`), {
        id: 'unverifiable',
        header: t('rules.unverifiable'),
      }),
      column.accessor((row) => term(row.access), { id: 'access', header: t('rules.access') }),
    ]
  }, [t])
  return (
    <Table
      caption={t('rules.known')}
      rows={[...statutes]}
      columns={columns}
      rowKey={(row) => `${row.statuteId}-${row.version}`}
    />
  )
}
