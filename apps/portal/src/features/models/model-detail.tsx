'use client'
import { useTranslations } from 'next-intl'
import { EmbeddingEndpoint } from '@/features/models/embedding-endpoint'
import { frameworkName } from '@/features/models/framework-name'
import { LineageGraph } from '@/features/models/lineage-graph'
import { VersionsTable } from '@/features/models/versions-table'
import { methodName } from '@/features/runs/run-line'
import { ModelDetailDocument, type ModelDetailQuery } from '@/gql/graphql'
import { useDocument } from '@/session/use-document'
import { Card } from '@/ui/card'
import { FailedPage } from '@/ui/failed-page'
import { Moment } from '@/ui/moment'
import { NotHere } from '@/ui/not-here'
import { Page } from '@/ui/page'
import { Empty, LoadingPage } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

type Model = NonNullable<ModelDetailQuery['model']>

export function ModelDetail({ id }: { id: string }) {
  const { data, error, refetch } = useDocument(ModelDetailDocument, { id })
  if (error) return <FailedPage error={error} retry={() => void refetch()} />
  if (!data) return <LoadingPage />
  return data.model ? <Detail model={data.model} /> : <NotHere back="/models" />
}

/** "Version 4 serves; it descends from 3 by unlearning 64 pictures." */
function useModelAnswer(): (model: Model) => string {
  const t = useTranslations()
  return ({ productionVersion }) => {
    if (!productionVersion) return t('model.answerNone')
    const { number, parent, forgottenCount, method } = productionVersion
    if (!parent) return t('model.answerRoot', { number })
    return t('model.answerChild', {
      number,
      parent: parent.number,
      count: forgottenCount,
      method: method ? methodName(t, method) : '',
    })
  }
}

function Detail({ model }: { model: Model }) {
  const t = useTranslations()
  const answer = useModelAnswer()
  const versions = model.versions.edges.map(({ node }) => node)
  return (
    <Page
      trail={<TextLink href="/models">{t('nav.models')}</TextLink>}
      title={`${model.name} · ${frameworkName(t, model.framework)}`}
      answer={answer(model)}
    >
      <Card title={t('model.lineage')} note={t('model.lineageNote')}>
        {versions.length === 0 ? (
          <Empty title={t('model.noVersions')} />
        ) : (
          <LineageGraph versions={versions} current={model.productionVersion?.id} />
        )}
        {model.versions.totalCount > versions.length ? (
          <p className="mt-3 text-xs text-ink-2">
            {t('states.shown', { shown: versions.length, total: model.versions.totalCount })}
          </p>
        ) : null}
      </Card>
      <Card title={t('model.versions')} flush>
        <VersionsTable caption={t('model.versions')} rows={versions} />
      </Card>
      {model.productionVersion?.embeddingUrl ? <EmbeddingEndpoint url={model.productionVersion.embeddingUrl} /> : null}
      <Promotions model={model} />
    </Page>
  )
}

/** What served when: the answer to "what was in production on that day?". */
function Promotions({ model }: { model: Model }) {
  const t = useTranslations('model')
  const promotions = model.promotions.edges.map(({ node }) => node)
  return (
    <Card title={t('promotions')} note={t('promotionsNote')}>
      {promotions.length === 0 ? (
        <p className="text-sm text-ink-2">{t('noPromotions')}</p>
      ) : (
        <ol className="grid gap-3 text-sm">
          {promotions.map((promotion) => (
            <li key={promotion.at} className="flex flex-wrap items-baseline gap-x-4">
              <span className="text-ink-2">
                <Moment at={promotion.at} /> –{' '}
                {promotion.until == null ? t('untilNow') : <Moment at={promotion.until} />}
              </span>
              {promotion.modelVersion == null ? (
                <span>{t('nothingServed')}</span>
              ) : (
                <TextLink href={`/models/versions/${encodeURIComponent(promotion.modelVersion.id)}`}>
                  {t('version', { number: promotion.modelVersion.number })}
                </TextLink>
              )}
              <span className="text-ink-2">
                {promotion.decidedBy === 'policy' ? t('decidedByPolicy') : t('decidedBy', { who: promotion.decidedBy })}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}
