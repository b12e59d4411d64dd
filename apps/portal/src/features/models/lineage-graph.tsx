'use client'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { layOutLineage } from '@/features/models/lay-out-lineage'
import { VersionState } from '@/features/models/version-state'
import { methodName } from '@/features/runs/run-line'
import type { LineageVersionFragment } from '@/gql/graphql'

const column = 236
const rowHeight = 86
const box = { width: 196, height: 66 }

/** Which version descends from which, oldest left. Every version is a link; the list order is that of the log. */
export function LineageGraph({
  versions,
  current,
}: {
  versions: readonly LineageVersionFragment[]
  current?: string | undefined
}) {
  const t = useTranslations()
  const oldestFirst = [...versions].sort((a, b) => a.number - b.number)
  const places = layOutLineage(oldestFirst.map(({ id, parent }) => ({ id, parentId: parent?.id ?? null })))
  const at = new Map(places.map((place) => [place.id, place]))
  const width = (Math.max(0, ...places.map(({ depth }) => depth)) + 1) * column - (column - box.width)
  const height = (Math.max(0, ...places.map(({ row }) => row)) + 1) * rowHeight - (rowHeight - box.height)
  return (
    <div className="relative overflow-x-auto pb-1" tabIndex={0} role="region" aria-label={t('model.lineage')}>
      <svg
        width={width + 8}
        height={height + 8}
        viewBox={`-4 -4 ${width + 8} ${height + 8}`}
        role="group"
        aria-label={t('model.lineage')}
      >
        {places.map((place) => {
          const parent = place.parentId === null ? undefined : at.get(place.parentId)
          if (!parent) return null
          const from = { x: parent.depth * column + box.width, y: parent.row * rowHeight + box.height / 2 }
          const to = { x: place.depth * column, y: place.row * rowHeight + box.height / 2 }
          const middle = (from.x + to.x) / 2
          return (
            <path
              key={place.id}
              d={`M${from.x},${from.y} C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`}
              fill="none"
              className="stroke-line-strong"
              strokeWidth="1.5"
              strokeDasharray={
                oldestFirst.find(({ id }) => id === place.id)?.origin === 'comparison' ? '4 4' : undefined
              }
            />
          )
        })}
        {oldestFirst.map((version) => {
          const place = at.get(version.id)
          if (!place) return null
          const origin = version.method ? methodName(t, version.method) : t(`model.origin.${version.origin}`)
          return (
            <foreignObject
              key={version.id}
              x={place.depth * column}
              y={place.row * rowHeight}
              width={box.width}
              height={box.height}
            >
              <Link
                href={`/models/versions/${encodeURIComponent(version.id)}`}
                aria-current={version.id === current ? 'page' : undefined}
                aria-label={t('model.lineageLabel', {
                  number: version.number,
                  origin,
                  parent: version.parent?.number ?? 0,
                  state: t(`model.state.${version.state}`),
                })}
                className={`flex h-[66px] flex-col justify-between rounded-md border bg-sheet px-3 py-2 hover:bg-well ${version.id === current ? 'border-2 border-accent' : 'border-line-strong'}`}
              >
                <span className="flex items-center justify-between gap-2 text-sm font-medium">
                  {t('model.version', { number: version.number })}
                  <VersionState state={version.state} />
                </span>
                <span className="truncate text-xs text-ink-2">
                  {origin}
                  {version.forgottenCount > 0 ? ` · −${version.forgottenCount}` : ''}
                </span>
              </Link>
            </foreignObject>
          )
        })}
      </svg>
    </div>
  )
}
