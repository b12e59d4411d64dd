'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { LossCurve } from '@/charts/loss-curve'
import { EmbeddingEndpoint } from '@/features/models/embedding-endpoint'
import { VersionFiles } from '@/features/models/version-files'
import { VersionState } from '@/features/models/version-state'
import { methodName } from '@/features/runs/run-line'
import { ModelVersionDetailDocument, PromoteModelVersionDocument, type ModelVersionDetailQuery } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { newIdempotencyKey, useChange, useDocument } from '@/session/use-document'
import { useMay } from '@/session/viewer-context'
import { Button } from '@/ui/button'
import { Card, Facts } from '@/ui/card'
import { CodeBlock } from '@/ui/code-block'
import { CopyableId } from '@/ui/copyable-id'
import { Confirm } from '@/ui/dialog'
import { FailedPage } from '@/ui/failed-page'
import { Moment } from '@/ui/moment'
import { NotHere } from '@/ui/not-here'
import { Page } from '@/ui/page'
import { LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

type Version = NonNullable<ModelVersionDetailQuery['modelVersion']>

export function VersionDetail({ id }: { id: string }) {
  const { data, error, refetch } = useDocument(ModelVersionDetailDocument, { id })
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  return data.modelVersion ? <Detail version={data.modelVersion} /> : <NotHere back="/models" />
}

function Detail({ version }: { version: Version }) {
  const t = useTranslations()
  const mayWrite = useMay('model:write')
  const values = {
    number: version.number,
    parent: version.parent?.number ?? 0,
    count: version.forgottenCount,
    method: version.method ? methodName(t, version.method) : '',
    pictures: version.datasetVersion.sampleCount,
  }
  return (
    <Page
      trail={<TextLink href={`/models/${encodeURIComponent(version.model.id)}`}>{version.model.name}</TextLink>}
      title={t('model.versionOf', { name: version.model.name, number: version.number })}
      mark={<VersionState state={version.state} />}
      answer={t(`model.answerVersion.${version.origin}`, values)}
      actions={
        mayWrite && version.state === 'READY' && version.origin !== 'comparison' ? <Promote version={version} /> : null
      }
    >
      {version.destroyedAt == null ? null : (
        <p className="rounded-lg border bg-well px-4 py-3 text-sm sm:px-5" data-testid="destroyed">
          <span className="font-medium">
            {t('model.destroyed')} · <Moment at={version.destroyedAt} />
          </span>{' '}
          {t('model.destroyedNote')}
        </p>
      )}
      <About version={version} />
      <Card title={t('model.curve')} note={t('model.curveNote')}>
        <LossCurve points={version.curve.map(({ epoch, loss }) => ({ at: epoch, loss }))} unit="epoch" />
      </Card>
      <VersionFiles files={version.files} />
      {version.embeddingUrl ? <EmbeddingEndpoint url={version.embeddingUrl} /> : null}
      <Card title={t('model.recipe')} note={t('model.recipeNote')}>
        <div className="grid gap-4 lg:grid-cols-2">
          {version.unlearning ? (
            <CodeBlock label={t('model.unlearningRecipe')} code={JSON.stringify(version.unlearning, null, 2)} />
          ) : null}
          <CodeBlock label={t('model.trainingRecipe')} code={JSON.stringify(version.recipe, null, 2)} />
          {version.provenance ? (
            <CodeBlock label={t('model.provenance')} code={JSON.stringify(version.provenance, null, 2)} />
          ) : null}
        </div>
      </Card>
    </Page>
  )
}

function About({ version }: { version: Version }) {
  const t = useTranslations()
  const { duration, bytes, number } = useQuantities()
  const link = (of: { id: string; number: number }) => (
    <TextLink key={of.id} href={`/models/versions/${encodeURIComponent(of.id)}`}>
      {t('model.version', { number: of.number })}
    </TextLink>
  )
  return (
    <Card title={t('model.about')}>
      <Facts
        columns={3}
        rows={[
          [t('model.column.parent'), version.parent ? link(version.parent) : '–'],
          [
            t('model.children'),
            version.children.length > 0 ? (
              <span className="flex flex-wrap gap-x-3">{version.children.map(link)}</span>
            ) : (
              '–'
            ),
          ],
          [
            t('model.learnedFrom'),
            <TextLink key="d" href={`/datasets/${encodeURIComponent(version.datasetVersion.dataset.id)}`}>
              {t('model.datasetVersion', {
                name: version.datasetVersion.dataset.name,
                number: version.datasetVersion.number,
              })}
            </TextLink>,
          ],
          [t('model.column.forgotten'), t('model.pictures', { count: version.forgottenCount })],
          [t('model.weights'), version.weightsDigest ? <CopyableId key="w" value={version.weightsDigest} /> : '–'],
          [t('model.column.readyAt'), version.readyAt ? <Moment key="r" at={version.readyAt} /> : '–'],
          ...(version.cost
            ? [
                [
                  t('run.wall'),
                  `${duration(version.cost.wallSeconds)} (${t('run.cpu')} ${duration(version.cost.cpuSeconds)})`,
                ] as const,
                [t('run.memory'), bytes(version.cost.peakMemoryBytes)] as const,
                [t('run.column.device'), version.cost.device] as const,
              ]
            : []),
          ...(version.run
            ? [
                [
                  t('model.run'),
                  <TextLink key="run" href={`/runs/${encodeURIComponent(version.run.id)}`}>
                    {t('dataset.openRun')}
                  </TextLink>,
                ] as const,
              ]
            : []),
          [t('model.finalLoss'), version.curve.length > 0 ? number(version.curve.at(-1)?.loss ?? 0, 3) : '–'],
        ]}
      />
    </Card>
  )
}

function Promote({ version }: { version: Version }) {
  const t = useTranslations('model')
  const change = useChange(PromoteModelVersionDocument)
  const [error, setError] = useState<string | null>(null)
  const [idempotencyKey] = useState(newIdempotencyKey)
  const promote = async (): Promise<boolean> => {
    setError(null)
    try {
      const { promoteModelVersion } = await change.mutateAsync({
        input: { idempotencyKey, modelVersionId: version.id },
      })
      if (promoteModelVersion.__typename === 'ModelVersion') return true
      setError(promoteModelVersion.message)
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
    return false
  }
  return (
    <Confirm
      trigger={<Button tone="primary">{t('promote')}</Button>}
      title={t('promoteTitle', { number: version.number })}
      consequence={t('promoteConsequence')}
      confirm={t('promote')}
      pending={change.isPending}
      error={error}
      onConfirm={promote}
    />
  )
}
