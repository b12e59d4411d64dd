'use client'
import { useTranslations } from 'next-intl'
import { AucBar } from '@/features/audits/auc-bar'
import type { ModelMeasures } from '@/features/audits/report'
import { methodName } from '@/features/runs/run-line'
import { IntervalNumber } from '@/ui/interval-number'
import { Cell, PlainTable, Row, RowHead } from '@/ui/plain-table'

const others = [
  'knnAccuracy',
  'forgettingScore',
  'differenceInDifferences',
  'alignmentForget',
  'alignmentHeldOut',
] as const

const heads = ['model', 'membershipAuc', 'position', ...others] as const

/** Before, after, the baselines with the same budget, and the retrained reference when there is one. */
export function ComparisonTable({ models, aucMargin }: { models: readonly ModelMeasures[]; aucMargin: number }) {
  const t = useTranslations()
  return (
    <PlainTable
      caption={t('audit.comparison')}
      heads={heads.map((id) => ({ id, label: t(`measure.${id}`), numeric: id !== 'model' }))}
      testId="comparison"
    >
      {models.map((model) => (
        <Row key={model.label} isMarked={model.role === 'after'}>
          <RowHead>
            <span className="font-medium whitespace-nowrap">{t(`audit.role.${model.role}`)}</span>
            {model.method ? (
              <span className="block text-xs whitespace-nowrap text-ink-2">{methodName(t, model.method)}</span>
            ) : null}
          </RowHead>
          <Cell label={t('measure.membershipAuc')} numeric>
            <IntervalNumber estimate={model.membershipAuc} />
          </Cell>
          <Cell label={t('measure.position')}>
            <AucBar estimate={model.membershipAuc} margin={aucMargin} label={t('measure.position')} />
          </Cell>
          {others.map((measure) => {
            const estimate = model[measure]
            const isChange = measure === 'forgettingScore' || measure === 'differenceInDifferences'
            return (
              <Cell key={measure} label={t(`measure.${measure}`)} numeric>
                {estimate ? <IntervalNumber estimate={estimate} sign={isChange} /> : '–'}
              </Cell>
            )
          })}
        </Row>
      ))}
    </PlainTable>
  )
}
