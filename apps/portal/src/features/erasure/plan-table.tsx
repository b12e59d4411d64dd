'use client'
import { CircleCheck, CircleX, FileSearch, Hourglass, LoaderCircle, type LucideIcon } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { isOpen } from '@/features/erasure/request-state'
import { methodName } from '@/features/runs/run-line'
import type { ErasureState, PlanItemState, RequestDetailFragment } from '@/gql/graphql'
import { useQuantities } from '@/i18n/use-quantities'
import { Badge, type BadgeTone } from '@/ui/badge'
import { Card } from '@/ui/card'
import { Cell, PlainTable, Row, RowHead } from '@/ui/plain-table'
import { Empty } from '@/ui/states'
import { TextLink } from '@/ui/text-link'

const marks: Record<PlanItemState, [LucideIcon, BadgeTone]> = {
  PENDING: [Hourglass, 'neutral'],
  RUNNING: [LoaderCircle, 'accent'],
  AUDITING: [FileSearch, 'accent'],
  DONE: [CircleCheck, 'pass'],
  FAILED: [CircleX, 'danger'],
}

const heads = ['model', 'action', 'estimate', 'state'] as const

const whyNone = (state: ErasureState) => {
  if (state === 'RECEIVED' || state === 'IDENTITY_PENDING') return 'noneNote'
  return isOpen(state) ? 'noneNow' : 'noneEver'
}

/** Everything derived from the data, what is done to each, and what it costs against retraining. */
export function PlanTable({ request }: { request: RequestDetailFragment }) {
  const t = useTranslations('plan')
  return (
    <Card title={t('title')} note={t('note')} flush>
      {request.plan.length === 0 ? (
        <Empty title={t('none')}>{t(whyNone(request.state))}</Empty>
      ) : (
        <PlainTable caption={t('title')} heads={heads.map((id) => ({ id, label: t(`column.${id}`) }))} testId="plan">
          {request.plan.map((item) => (
            <PlanRow key={item.id} item={item} />
          ))}
        </PlainTable>
      )}
    </Card>
  )
}

function PlanRow({ item }: { item: RequestDetailFragment['plan'][number] }) {
  const t = useTranslations()
  const { duration } = useQuantities()
  const [icon, tone] = marks[item.state]
  const version = (of: { id: string; number: number; model: { name: string } }) => (
    <TextLink href={`/models/versions/${encodeURIComponent(of.id)}`} className="whitespace-nowrap">
      {t('model.versionOf', { name: of.model.name, number: of.number })}
    </TextLink>
  )
  const measured = item.resultVersion?.cost?.wallSeconds
  const estimate = item.estimateSeconds ? t('plan.about', { duration: duration(item.estimateSeconds) }) : '–'
  const time = measured == null ? estimate : t('plan.measured', { duration: duration(measured) })
  return (
    <Row>
      <RowHead>{version(item.modelVersion)}</RowHead>
      <Cell label={t('plan.column.action')}>
        <span className="font-medium whitespace-nowrap">{t(`plan.action.${item.action}`)}</span>
        {item.basis ? <span className="block max-w-xs text-xs text-ink-2">{item.basis}</span> : null}
        {item.method ? <span className="block text-xs text-ink-2">{methodName(t, item.method)}</span> : null}
      </Cell>
      <Cell label={t('plan.column.estimate')}>
        {time}
        {measured == null && item.estimateLowSeconds != null && item.estimateHighSeconds != null ? (
          <span className="block text-xs text-ink-2">
            {t('plan.between', { low: duration(item.estimateLowSeconds), high: duration(item.estimateHighSeconds) })}
          </span>
        ) : null}
        {item.retrainEstimateSeconds == null ? null : (
          <span className="block text-xs text-ink-2">
            {t('plan.retraining', { duration: duration(item.retrainEstimateSeconds) })}
          </span>
        )}
      </Cell>
      <Cell label={t('plan.column.state')}>
        <Badge tone={tone} icon={icon}>
          {t(`plan.state.${item.state}`)}
        </Badge>
        {item.resultVersion ? (
          <span className="mt-1 block text-xs">
            {t('plan.became')}{' '}
            <TextLink href={`/models/versions/${encodeURIComponent(item.resultVersion.id)}`}>
              {t('model.version', { number: item.resultVersion.number })}
            </TextLink>
          </span>
        ) : null}
      </Cell>
    </Row>
  )
}
