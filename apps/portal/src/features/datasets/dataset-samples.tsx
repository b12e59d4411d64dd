'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { SampleGrid } from '@/features/datasets/sample-grid'
import { DatasetOwnersDocument, DatasetSamplesDocument, type Split } from '@/gql/graphql'
import { useConnection, useDocument } from '@/session/use-document'
import { Card } from '@/ui/card'
import { SelectField } from '@/ui/field'
import { ListBody } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Empty } from '@/ui/states'

const splits: readonly Split[] = ['train', 'calibration', 'held_out', 'twin']

export function DatasetSamples({ versionId }: { versionId: string }) {
  const t = useTranslations('dataset')
  const [ownerId, setOwnerId] = useState('')
  const [split, setSplit] = useState<Split | ''>('')
  const [only, setOnly] = useState<'all' | 'duplicates'>('all')
  const owners = useDocument(DatasetOwnersDocument, { id: versionId, first: 50 })
  const filter = {
    ...(ownerId ? { ownerId } : {}),
    ...(split ? { split } : {}),
    ...(only === 'duplicates' ? { onlyDuplicates: true } : {}),
  }
  const list = useConnection(
    DatasetSamplesDocument,
    { id: versionId, first: 48, ...filter },
    (result) => result.datasetVersion?.samples,
  )
  return (
    <Card title={t('samples')} flush>
      <div className="grid gap-3 px-4 pb-4 sm:grid-cols-3 sm:px-5">
        <SelectField label={t('column.owner')} value={ownerId} onChange={(event) => setOwnerId(event.target.value)}>
          <option value="">{t('everyOwner')}</option>
          {owners.data?.datasetVersion?.owners.edges.map(({ node }) => (
            <option key={node.owner.id} value={node.owner.id}>
              {node.owner.subjectKey}
            </option>
          ))}
        </SelectField>
        <SelectField label={t('splits')} value={split} onChange={(event) => setSplit(event.target.value as Split | '')}>
          <option value="">{t('everySplit')}</option>
          {splits.map((value) => (
            <option key={value} value={value}>
              {t(`split.${value}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('duplicates')}
          value={only}
          onChange={(event) => setOnly(event.target.value as typeof only)}
        >
          <option value="all">{t('allSamples')}</option>
          <option value="duplicates">{t('onlyDuplicates')}</option>
        </SelectField>
      </div>
      <ListBody list={list} empty={<Empty title={t('noSamples')} />}>
        <div className="px-4 pb-5 sm:px-5">
          <SampleGrid samples={list.rows} />
        </div>
        <MoreRows shown={list.rows.length} total={list.total} {...list.more} />
      </ListBody>
    </Card>
  )
}
