'use client'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import { NumbersTable } from '@/charts/numbers-table'
import { Plot, type Series } from '@/charts/plot'
import type { Histogram } from '@/features/audits/report'
import { useQuantities } from '@/i18n/use-quantities'

/** Two pictures on the same axes: what a model that still remembers shows, and what is left after. */
export function AlignmentHistograms({ histograms }: { histograms: readonly Histogram[] }) {
  if (histograms.length === 0) return null
  const yMax = Math.ceil(Math.max(1, ...histograms.flatMap(({ counts }) => shares(counts))) * 1.08)
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <Stage stage="before" histograms={histograms} yMax={yMax} />
      <Stage stage="after" histograms={histograms} yMax={yMax} />
    </div>
  )
}

/** Shares in per cent, so that sets of different size compare. */
const shares = (counts: readonly number[]): number[] => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (total === 0 ? 0 : (100 * count) / total))
}

function Stage({
  stage,
  histograms,
  yMax,
}: {
  stage: 'before' | 'after'
  histograms: readonly Histogram[]
  yMax: number
}) {
  const t = useTranslations('audit')
  const { number } = useQuantities()
  const forget = histograms.find(({ series }) => series === `forget-${stage}`)
  const heldOut = histograms.find(({ series }) => series === `held-out-${stage}`)
  const sameEdges = forget && heldOut && forget.edges.length === heldOut.edges.length
  const x = useMemo(() => forget?.edges ?? [], [forget])
  const series = useMemo<Series[]>(
    () => [
      // The last edge closes the last step.
      {
        label: t('set.forget'),
        color: '--series-forget',
        stepped: true,
        filled: true,
        values: [...shares(forget?.counts ?? []), 0],
      },
      {
        label: t('set.held-out'),
        color: '--series-held-out',
        stepped: true,
        dashed: true,
        values: [...shares(heldOut?.counts ?? []), 0],
      },
    ],
    [forget, heldOut, t],
  )
  if (!sameEdges) return null
  const rows = forget.counts.map((count, index) => [
    `${number(forget.edges[index] ?? 0, 2)} – ${number(forget.edges[index + 1] ?? 0, 2)}`,
    count,
    heldOut.counts[index] ?? 0,
  ])
  return (
    <section aria-label={t(`stage.${stage}`)}>
      <h3 className="mb-2 text-sm font-semibold">{t(`stage.${stage}`)}</h3>
      <Plot
        x={x}
        series={series}
        xLabel={t('alignment')}
        yLabel={t('share')}
        description={t('histogramDescription', { stage: t(`stage.${stage}`) })}
        yMax={yMax}
      />
      <NumbersTable
        caption={t(`stage.${stage}`)}
        head={[t('alignment'), t('set.forget'), t('set.held-out')]}
        rows={rows}
      />
    </section>
  )
}
