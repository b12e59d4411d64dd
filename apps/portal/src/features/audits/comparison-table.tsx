'use client'
import { useTranslations } from 'next-intl'
import { AucBar } from '@/features/audits/auc-bar'
import type { ModelMeasures } from '@/features/audits/report'
import { methodName } from '@/features/runs/run-line'
import { IntervalNumber } from '@/ui/interval-number'

const heads = [
  'model',
  'membershipAuc',
  'position',
  'knnAccuracy',
  'forgettingScore',
  'differenceInDifferences',
  'alignmentForget',
  'alignmentHeldOut',
] as const

/** Before, after, the baselines with the same budget, and the retrained reference when there is one. */
export function ComparisonTable({ models, aucMargin }: { models: readonly ModelMeasures[]; aucMargin: number }) {
  const t = useTranslations()
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={t('audit.comparison')}>
      <table className="w-full border-collapse text-sm" data-testid="comparison">
        <caption className="sr-only">{t('audit.comparison')}</caption>
        <thead>
          <tr className="border-y bg-well/60 text-xs text-ink-2">
            {heads.map((head) => (
              <th
                key={head}
                scope="col"
                className={`px-3 py-2 align-bottom font-medium first:pl-4 sm:first:pl-5 ${head === 'model' ? 'text-left' : 'text-right'}`}
              >
                {t(`measure.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr
              key={model.label}
              className={`border-b align-top last:border-b-0 ${model.role === 'after' ? 'bg-accent-well/50' : ''}`}
            >
              <th scope="row" className="px-3 py-3 pl-4 text-left font-normal sm:pl-5">
                <span className="font-medium whitespace-nowrap">{t(`audit.role.${model.role}`)}</span>
                <span className="block text-xs whitespace-nowrap text-ink-2">
                  {model.method ? methodName(t, model.method) : model.label}
                </span>
              </th>
              <td className="px-3 py-3 text-right">
                <IntervalNumber estimate={model.membershipAuc} />
              </td>
              <td className="px-3 py-3">
                <AucBar estimate={model.membershipAuc} margin={aucMargin} label={t('measure.position')} />
              </td>
              {[
                model.knnAccuracy,
                model.forgettingScore,
                model.differenceInDifferences,
                model.alignmentForget,
                model.alignmentHeldOut,
              ].map((estimate, index) => (
                <td key={index} className="px-3 py-3 text-right last:pr-4 sm:last:pr-5">
                  {estimate ? <IntervalNumber estimate={estimate} sign={index === 1 || index === 2} /> : '–'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
