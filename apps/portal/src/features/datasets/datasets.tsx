'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { DatasetState } from '@/features/datasets/dataset-state'
import { NewDataset } from '@/features/datasets/new-dataset'
import { DatasetsDocument, type DatasetsQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useConnection } from '@/session/use-document'
import { useViewer } from '@/session/viewer-context'
import { Card } from '@/ui/card'
import { ListTable } from '@/ui/list-table'
import { Moment } from '@/ui/moment'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'
import { useListAnswer } from '@/ui/use-list-answer'

type Row = DatasetsQuery['datasets']['edges'][number]['node']

const column = createColumnHelper<Row>()

export function Datasets() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const { number } = useQuantities()
  const { actions } = useViewer()
  const list = useConnection(DatasetsDocument, { first: 25 }, (result) => result.datasets)
  const columns = useMemo(
    () => [
      column.accessor('name', {
        header: t('dataset.column.name'),
        cell: ({ row }) => (
          <TextLink href={`/datasets/${encodeURIComponent(row.original.id)}`}>{row.original.name}</TextLink>
        ),
      }),
      column.accessor((row) => row.latestVersion?.number ?? 0, {
        id: 'version',
        header: t('dataset.column.version'),
        cell: ({ row: { original } }) =>
          original.latestVersion ? (
            <span className="flex items-center gap-2">
              {original.latestVersion.number}
              <DatasetState state={original.latestVersion.state} />
            </span>
          ) : (
            '–'
          ),
      }),
      ...(['sampleCount', 'ownerCount', 'exactDuplicates', 'quarantinedCount'] as const).map((key) =>
        column.accessor((row) => row.latestVersion?.[key] ?? 0, {
          id: key,
          header: t(`dataset.column.${key}`),
          cell: ({ getValue }) => number(getValue()),
          meta: { numeric: true },
        }),
      ),
      column.accessor('createdAt', {
        header: t('dataset.column.createdAt'),
        cell: ({ getValue }) => <Moment at={getValue()} day />,
      }),
    ],
    [t, number],
  )
  const pictures = list.rows.reduce((sum, { latestVersion }) => sum + (latestVersion?.sampleCount ?? 0), 0)
  return (
    <Page
      title={t('nav.datasets')}
      answer={listAnswer(list, t('dataset.listAnswer', { total: list.total, pictures }))}
      actions={actions.includes('dataset:write') ? <NewDataset /> : null}
    >
      <Card title={t('dataset.list')} flush>
        <ListTable
          list={list}
          caption={t('dataset.list')}
          rows={list.rows}
          columns={columns}
          rowKey={(row) => row.id}
          empty={<Empty title={t('dataset.none')}>{t('dataset.noneNote')}</Empty>}
        />
      </Card>
    </Page>
  )
}
