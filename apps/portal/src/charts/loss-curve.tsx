'use client'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { NumbersTable } from '@/charts/numbers-table'
import { Plot } from '@/charts/plot'
import { useQuantities } from '@/i18n/use-quantities'

export interface LossPoint {
  /** Epoch, or per cent of the run; growing. */
  at: number
  loss: number
}

/** The table lists at most this many points, evenly chosen. */
const tableRows = 60

export function LossCurve({ points, unit }: { points: readonly LossPoint[]; unit: 'epoch' | 'percent' }) {
  const t = useTranslations('charts')
  const { number } = useQuantities()
  const x = useMemo(() => points.map(({ at }) => at), [points])
  const series = useMemo(
    () => [{ label: t('loss'), color: '--accent', values: points.map(({ loss }) => loss) }],
    [points, t],
  )
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return <p className="text-sm text-ink-2">{t('noCurve')}</p>
  const stride = Math.ceil(points.length / tableRows)
  const chosen = points.filter((_, index) => index % stride === 0 || index === points.length - 1)
  return (
    <div>
      <Plot
        x={x}
        series={series}
        xLabel={t(unit)}
        yLabel={t('loss')}
        description={t('lossDescription', {
          first: number(first.loss, 3),
          last: number(last.loss, 3),
          count: points.length,
        })}
      />
      <NumbersTable
        caption={t('loss')}
        head={[t(unit), t('loss')]}
        rows={chosen.map(({ at, loss }) => [at, number(loss, 4)])}
      />
    </div>
  )
}
