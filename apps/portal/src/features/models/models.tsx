'use client'
import { createColumnHelper } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { frameworkName } from '@/features/models/framework-name'
import { ModelsDocument, type ModelsQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useConnection } from '@/session/use-document'
import { Card } from '@/ui/card'
import { ListTable } from '@/ui/list-table'
import { Moment } from '@/ui/moment'
import { Page } from '@/ui/page'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'
import { useListAnswer } from '@/ui/use-list-answer'

type Row = ModelsQuery['models']['edges'][number]['node']

const column = createColumnHelper<Row>()

export function Models() {
  const t = useTranslations()
  const listAnswer = useListAnswer()
  const { number } = useQuantities()
  const list = useConnection(ModelsDocument, { first: 25 }, (result) => result.models)
  const columns = useMemo(
    () => [
      column.accessor('name', {
        header: t('model.column.name'),
        cell: ({ row }) => (
          <TextLink href={`/models/${encodeURIComponent(row.original.id)}`}>{row.original.name}</TextLink>
        ),
      }),
      column.accessor((row) => frameworkName(t, row.framework), {
        id: 'framework',
        header: t('model.column.framework'),
      }),
      column.accessor((row) => row.productionVersion?.number ?? 0, {
        id: 'serving',
        header: t('model.column.serving'),
        cell: ({ row: { original } }) =>
          original.productionVersion ? (
            <TextLink href={`/models/versions/${encodeURIComponent(original.productionVersion.id)}`}>
              {t('model.version', { number: original.productionVersion.number })}
            </TextLink>
          ) : (
            t('model.nothingServes')
          ),
      }),
      column.accessor((row) => row.versions.totalCount, {
        id: 'versions',
        header: t('model.column.versions'),
        cell: ({ getValue }) => number(getValue()),
        meta: { numeric: true },
      }),
      column.accessor((row) => row.productionVersion?.forgottenCount ?? 0, {
        id: 'forgotten',
        header: t('model.column.forgotten'),
        cell: ({ getValue }) => number(getValue()),
        meta: { numeric: true },
      }),
      column.accessor('createdAt', {
        header: t('model.column.createdAt'),
        cell: ({ getValue }) => <Moment at={getValue()} day />,
      }),
    ],
    [t, number],
  )
  const serving = list.rows.filter(({ productionVersion }) => productionVersion).length
  return (
    <Page title={t('nav.models')} answer={listAnswer(list, t('model.listAnswer', { total: list.total, serving }))}>
      <Card title={t('model.list')} flush>
        <ListTable
          list={list}
          caption={t('model.list')}
          rows={list.rows}
          columns={columns}
          rowKey={(row) => row.id}
          empty={<Empty title={t('model.none')}>{t('model.noneNote')}</Empty>}
        />
      </Card>
    </Page>
  )
}
