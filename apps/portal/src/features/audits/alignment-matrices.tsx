'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { divergingScale, sequentialScale } from '@/charts/color-scale'
import { HeatMap, ScaleLegend } from '@/charts/heat-map'
import { matrixSets, matrixStages, type MatrixName } from '@/features/audits/matrix-names'
import { MatrixTable } from '@/features/audits/matrix-table'
import { readSafetensors, type Matrix } from '@/features/audits/read-safetensors'
import { ErrorState, Skeleton } from '@/ui/states'

const isSquare = (matrix: Matrix | undefined): matrix is Matrix =>
  matrix?.shape.length === 2 && matrix.shape[0] === matrix.shape[1] && (matrix.shape[0] ?? 0) > 0

async function fetchMatrices(path: string, signal: AbortSignal): Promise<Map<string, Matrix>> {
  const response = await fetch(`/api${path}`, { signal })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return readSafetensors(await response.arrayBuffer())
}

/** Before, after and gap, for the forgotten beside the held-out, on one scale each for similarities and for gaps. */
export function AlignmentMatrices({ path }: { path: string }) {
  const t = useTranslations('audit')
  const { data, error, refetch } = useQuery({
    queryKey: ['matrices', path],
    queryFn: ({ signal }) => fetchMatrices(path, signal),
    // Content-addressed: the bytes behind a path never change.
    staleTime: Infinity,
  })
  if (error) return <ErrorState error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-80" />
  const square = new Map([...data].filter((entry): entry is [MatrixName, Matrix] => isSquare(entry[1])))
  if (square.size === 0) return <p className="text-sm text-ink-2">{t('noMatrices')}</p>
  return <MatrixGrid matrices={square} />
}

function MatrixGrid({ matrices }: { matrices: ReadonlyMap<MatrixName, Matrix> }) {
  const t = useTranslations('audit')
  const scales = useMemo(() => {
    const of = (stages: readonly string[]) =>
      [...matrices].filter(([name]) => stages.includes(name.split('.')[1] ?? '')).map(([, { data }]) => data)
    return { similarity: sequentialScale(of(['before', 'after'])), gap: divergingScale(of(['gap'])) }
  }, [matrices])
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap gap-x-10 gap-y-4">
        <ScaleLegend scale={scales.similarity} label={t('similarityScale')} />
        <ScaleLegend scale={scales.gap} label={t('gapScale')} />
      </div>
      {matrixSets.map((set) => (
        <MatrixRow key={set} set={set} matrices={matrices} scales={scales} />
      ))}
      <MatrixTable matrices={matrices} />
    </div>
  )
}

type Scales = { similarity: ReturnType<typeof sequentialScale>; gap: ReturnType<typeof divergingScale> }

function MatrixRow({
  set,
  matrices,
  scales,
}: {
  set: (typeof matrixSets)[number]
  matrices: ReadonlyMap<MatrixName, Matrix>
  scales: Scales
}) {
  const t = useTranslations('audit')
  const [cell, setCell] = useState<{ row: number; column: number } | null>(null)
  return (
    <section aria-label={t(`set.${set}`)}>
      <h3 className="mb-3 text-sm font-semibold">{t(`set.${set}`)}</h3>
      <div className="grid grid-cols-1 gap-5 min-[480px]:grid-cols-3">
        {matrixStages.map((stage) => {
          const matrix = matrices.get(`${set}.${stage}`)
          if (!matrix) return null
          return (
            <HeatMap
              key={stage}
              title={t(`stage.${stage}`)}
              size={matrix.shape[0] ?? 0}
              data={matrix.data}
              scale={stage === 'gap' ? scales.gap : scales.similarity}
              cell={cell}
              onCell={setCell}
            />
          )
        })}
      </div>
    </section>
  )
}
