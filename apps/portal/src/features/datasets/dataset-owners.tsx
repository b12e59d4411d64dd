'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { DatasetOwnersDocument, type DatasetOwnersQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useConnection } from '@/session/use-document'
import { Card } from '@/ui/card'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Empty } from '@/ui/states'
import { Table } from '@/ui/table'

type Row = NonNullable<DatasetOwnersQuery['datasetVersion']>['owners']['edges'][number]['node']

const column = createColumnHelper<Row>()

export function DatasetOwners({ versionId, total }: { versionId: string; total: number }) {
  const t = useTranslations('dataset')
  const { number, percent } = useQuantities()
  const list = useConnection(
    DatasetOwnersDocument,
    { id: versionId, first: 50 },
    (result) => result.datasetVersion?.owners,
  )
  const columns = useMemo(
    () => [
      column.accessor((row) => row.owner.subjectKey, { id: 'owner', header: t('column.owner') }),
      column.accessor('sampleCount', {
        header: t('column.sampleCount'),
        cell: ({ getValue }) => number(getValue()),
        meta: { numeric: true },
      }),
      column.accessor((row) => row.sampleCount / Math.max(1, total), {
        id: 'share',
        header: t('column.share'),
        cell: ({ getValue }) => percent(getValue(), 1),
        meta: { numeric: true },
      }),
      column.accessor('trainCount', {
        header: t('column.trainCount'),
        cell: ({ getValue }) => number(getValue()),
        meta: { numeric: true },
      }),
    ],
    [t, number, percent, total],
  )
  return (
    <Card title={t('ownersTitle')} note={t('ownersNote')} flush>
      <ListBody list={list} empty={<Empty title={t('noOwners')} />}>
        <Table
          caption={t('ownersTitle')}
          rows={list.rows}
          columns={columns}
          rowKey={(row) => row.owner.id}
          footer={<MoreRows shown={list.rows.length} total={list.total} {...list.more} />}
        />
      </ListBody>
    </Card>
  )
}
