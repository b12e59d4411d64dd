'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { methodName } from '@/features/runs/run-line'
import { PlanOptionsDocument, type PlanOptionsQuery, type RequestDetailFragment } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { useDocument } from '@/session/use-document'
import { Card } from '@/ui/card'
import { Cell, PlainTable, Row, RowHead } from '@/ui/plain-table'

type Option = NonNullable<PlanOptionsQuery['erasureRequest']>['planOptions'][number]
type Method = Option['methods'][number]

const heads = ['method', 'time', 'share', 'cost'] as const

/** What each method will take on each version, by the model's own history, before one is chosen. */
export function PlanOptions({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations()
  const isDue = request.allowedActions.includes('planErasure')
  const { data } = useDocument(PlanOptionsDocument, { id: request.id }, { enabled: isDue })
  const options = isDue ? (data?.erasureRequest?.planOptions ?? []) : []
  if (options.length === 0) return null
  return (
    <Card title={t('options.title')} note={t('options.note')} flush>
      <div className="grid gap-4" data-testid="plan-options">
        {options.map((option) => (
          <section key={option.modelVersion.id} className="min-w-0">
            <p className="px-4 pb-2 text-sm sm:px-5">
              <span className="font-medium">
                {t('model.versionOf', { name: option.modelVersion.model.name, number: option.modelVersion.number })}
              </span>{' '}
              <span className="text-ink-2">
                {t('options.learned', { learned: option.learnedCount, retained: option.retainedCount })}
              </span>
            </p>
            {option.methods.length === 0 ? (
              <p className="px-4 pb-4 text-sm sm:px-5">{t('options.nothingLeft')}</p>
            ) : (
              <MethodTable option={option} />
            )}
          </section>
        ))}
      </div>
    </Card>
  )
}

function MethodTable({ option }: { option: Option }) {
  const t = useTranslations()
  return (
    <PlainTable caption={t('options.title')} heads={heads.map((id) => ({ id, label: t(`options.column.${id}`) }))}>
      {option.methods.map((method) => (
        <MethodRow key={method.method} method={method} />
      ))}
    </PlainTable>
  )
}

function MethodRow({ method }: { method: Method }) {
  const t = useTranslations()
  const format = useFormatter()
  const { duration, percent } = useQuantities()
  const { seconds, lowSeconds, highSeconds, level, shareOfRetraining, cost, trainings } = method
  return (
    <Row>
      <RowHead>{methodName(t, method.method)}</RowHead>
      <Cell label={t('options.column.time')}>
        {seconds == null ? t('options.unknown') : duration(seconds)}
        {lowSeconds != null && highSeconds != null && level != null ? (
          <span className="block text-xs text-ink-2">
            {t('options.interval', {
              low: duration(lowSeconds),
              high: duration(highSeconds),
              level: percent(level),
              count: trainings,
            })}
          </span>
        ) : null}
      </Cell>
      <Cell label={t('options.column.share')}>{shareOfRetraining == null ? '–' : percent(shareOfRetraining)}</Cell>
      <Cell label={t('options.column.cost')}>
        {cost == null ? '–' : format.number(cost.amount, { style: 'currency', currency: cost.currency })}
      </Cell>
    </Row>
  )
}
