'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { DatasetOwners } from '@/features/datasets/dataset-owners'
import { DatasetSamples } from '@/features/datasets/dataset-samples'
import { DatasetState } from '@/features/datasets/dataset-state'
import { VersionState } from '@/features/models/version-state'
import { DatasetDetailDocument, type DatasetDetailQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useDocument } from '@/session/use-document'
import { Card, Facts } from '@/ui/card'
import { CopyableId } from '@/ui/copyable-id'
import { FailedPage } from '@/ui/failed-page'
import { SelectField } from '@/ui/field'
import { Moment } from '@/ui/moment'
import { NotHere } from '@/ui/not-here'
import { Page } from '@/ui/page'
import { Empty, ErrorState, LoadingPage } from '@/ui/states'
import { Tabs } from '@/ui/tabs'
import { TextLink } from '@/ui/text-link'

type Dataset = NonNullable<DatasetDetailQuery['dataset']>
type Version = Dataset['versions']['edges'][number]['node']

export function DatasetDetail({ id }: { id: string }) {
  const { data, error, refetch } = useDocument(DatasetDetailDocument, { id })
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  return data.dataset ? <Detail dataset={data.dataset} /> : <NotHere back="/datasets" />
}

function Detail({ dataset }: { dataset: Dataset }) {
  const t = useTranslations()
  const versions = dataset.versions.edges.map(({ node }) => node)
  const [chosen, setChosen] = useState(dataset.latestVersion?.id ?? versions[0]?.id)
  const version = versions.find(({ id }) => id === chosen) ?? versions[0]
  if (!version) {
    return (
      <Page title={dataset.name} answer={t('dataset.noVersion')}>
        <Empty title={t('dataset.noVersion')} />
      </Page>
    )
  }
  return (
    <Page
      trail={<TextLink href="/datasets">{t('nav.datasets')}</TextLink>}
      title={dataset.name}
      mark={<DatasetState state={version.state} />}
      answer={
        version.state === 'READY'
          ? t('dataset.answer', {
              pictures: version.sampleCount,
              owners: version.ownerCount,
              duplicates: version.exactDuplicates + version.nearDuplicates,
            })
          : t(`dataset.answerOf.${version.state}`)
      }
      actions={
        versions.length > 1 ? (
          <SelectField
            label={t('dataset.column.version')}
            value={version.id}
            onChange={(event) => setChosen(event.target.value)}
          >
            {versions.map(({ id, number }) => (
              <option key={id} value={id}>
                {t('dataset.version', { number })}
              </option>
            ))}
          </SelectField>
        ) : null
      }
    >
      {version.redactedCount > 0 ? (
        <p className="rounded-lg border bg-well px-4 py-3 text-sm sm:px-5" data-testid="redacted">
          {t('dataset.redacted', { count: version.redactedCount })}
          {version.uploadDestroyedAt == null ? null : ` ${t('dataset.uploadDestroyed')}`}
        </p>
      ) : null}
      {version.failure ? <ErrorState error={new Error(version.failure)} /> : null}
      <About dataset={dataset} version={version} />
      <Tabs
        label={dataset.name}
        tabs={[
          {
            id: 'samples',
            label: t('dataset.samples'),
            content: <DatasetSamples key={version.id} versionId={version.id} />,
          },
          {
            id: 'owners',
            label: t('dataset.owners', { count: version.ownerCount }),
            content: <DatasetOwners key={version.id} versionId={version.id} total={version.sampleCount} />,
          },
          {
            id: 'models',
            label: t('dataset.models', { count: version.modelVersions.length }),
            content: <Learned version={version} />,
          },
          {
            id: 'quarantine',
            label: t('dataset.quarantine', { count: version.quarantinedCount }),
            content: <Quarantine version={version} />,
          },
        ]}
      />
    </Page>
  )
}

function About({ dataset, version }: { dataset: Dataset; version: Version }) {
  const t = useTranslations('dataset')
  const { number } = useQuantities()
  return (
    <Card title={t('about')} note={dataset.description}>
      <Facts
        columns={3}
        rows={[
          [
            t('splits'),
            version.splitCounts.map(({ split, count }) => `${t(`split.${split}`)} ${number(count)}`).join(' · '),
          ],
          [t('duplicates'), t('duplicatesValue', { exact: version.exactDuplicates, near: version.nearDuplicates })],
          [t('imageSize'), `${version.imageSize} × ${version.imageSize} px, RGB`],
          [t('packDigest'), version.packDigest ? <CopyableId key="digest" value={version.packDigest} /> : '–'],
          [t('readyAt'), version.readyAt ? <Moment key="at" at={version.readyAt} /> : '–'],
          [t('attribution'), dataset.attribution || '–'],
          ...(version.ingestRun
            ? [
                [
                  t('ingestRun'),
                  <TextLink key="run" href={`/runs/${encodeURIComponent(version.ingestRun.id)}`}>
                    {t('openRun')}
                  </TextLink>,
                ] as const,
              ]
            : []),
        ]}
      />
    </Card>
  )
}

function Learned({ version }: { version: Version }) {
  const t = useTranslations()
  return (
    <Card title={t('dataset.learned')} note={t('dataset.learnedNote')}>
      {version.modelVersions.length === 0 ? (
        <p className="text-sm text-ink-2">{t('dataset.nobodyLearned')}</p>
      ) : (
        <ul className="grid gap-2 text-sm">
          {version.modelVersions.map((model) => (
            <li key={model.id} className="flex flex-wrap items-center gap-3">
              <TextLink href={`/models/versions/${encodeURIComponent(model.id)}`}>
                {t('model.versionOf', { name: model.model.name, number: model.number })}
              </TextLink>
              <VersionState state={model.state} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function Quarantine({ version }: { version: Version }) {
  const t = useTranslations('dataset')
  return (
    <Card title={t('quarantineTitle')} note={t('quarantineNote')}>
      {version.quarantined.length === 0 ? (
        <p className="text-sm text-ink-2">{t('quarantineEmpty')}</p>
      ) : (
        <ul className="grid gap-3 text-sm">
          {version.quarantined.map(({ key, reason }) => (
            <li key={key}>
              <code className="font-mono text-[0.8125rem]">{key}</code>
              <span lang="en" className="block text-ink-2">
                {reason}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
