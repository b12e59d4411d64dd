'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { BadgeCheck, Hourglass } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { EvidenceFilters, filterArguments, noFilters } from '@/features/evidence/evidence-filters'
import { kindKey } from '@/features/evidence/kinds'
import { EvidenceEntriesDocument, type EvidenceEntriesQuery } from '@/gql/graphql'
import { useConnection } from '@/session/use-document'
import { Badge } from '@/ui/badge'
import { Card } from '@/ui/card'
import { CopyableId } from '@/ui/copyable-id'
import { ListTable } from '@/ui/list-table'
import { Moment } from '@/ui/moment'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

type Row = EvidenceEntriesQuery['evidence']['edges'][number]['node']

const column = createColumnHelper<Row>()

export function EvidenceStatus({ status }: { status: Row['status'] }) {
  const t = useTranslations('evidence.status')
  return (
    <Badge tone={status === 'PUBLISHED' ? 'pass' : 'neutral'} icon={status === 'PUBLISHED' ? BadgeCheck : Hourglass}>
      {t(status)}
    </Badge>
  )
}

export function EvidenceEntries({ erasureRequestId }: { erasureRequestId?: string }) {
  const t = useTranslations('evidence')
  const [filters, setFilters] = useState(noFilters)
  const filter = filterArguments(filters, erasureRequestId)
  const list = useConnection(EvidenceEntriesDocument, { first: 30, ...filter }, (result) => result.evidence)
  const columns = useMemo(
    () => [
      column.accessor('seq', {
        header: '#',
        cell: ({ getValue }) => <TextLink href={`/evidence/${getValue()}`}>{getValue()}</TextLink>,
      }),
      column.accessor('kind', {
        header: t('column.kind'),
        cell: ({ getValue }) => (
          <span>
            {t.has(`kind.${kindKey(getValue())}`) ? t(`kind.${kindKey(getValue())}`) : getValue()}
            <code className="block font-mono text-xs text-ink-2">{getValue()}</code>
          </span>
        ),
      }),
      column.accessor('status', {
        header: t('column.status'),
        cell: ({ getValue }) => <EvidenceStatus status={getValue()} />,
      }),
      column.accessor('createdAt', { header: t('column.at'), cell: ({ getValue }) => <Moment at={getValue()} /> }),
      column.accessor('leafHash', {
        header: t('column.leafHash'),
        enableSorting: false,
        cell: ({ getValue }) => <CopyableId value={getValue()} />,
        meta: { wideOnly: true },
      }),
    ],
    [t],
  )
  return (
    <Card
      title={erasureRequestId ? t('logOfRequest') : t('log')}
      note={t('logNote')}
      flush
      action={
        erasureRequestId ? (
          <TextLink href="/evidence" className="text-sm">
            {t('wholeLog')}
          </TextLink>
        ) : null
      }
    >
      <EvidenceFilters filters={filters} onChange={setFilters} exportArguments={filter} />
      <ListTable
        list={list}
        caption={t('log')}
        rows={list.rows}
        columns={columns}
        rowKey={(row) => String(row.seq)}
        empty={<Empty title={t('none')}>{t('noneNote')}</Empty>}
      />
    </Card>
  )
}
