'use client'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'

export interface Series {
  label: string
  /** A custom property, such as `--accent`. */
  color: string
  dashed?: boolean
  stepped?: boolean
  filled?: boolean
  values: readonly (number | null)[]
}

interface PlotProps {
  x: readonly number[]
  series: readonly Series[]
  xLabel: string
  yLabel: string
  /** What the picture shows, for those who do not see it; the numbers stand in a table beside it. */
  description: string
  height?: number
  /** Given for shares: from zero to this, so that pictures side by side compare. */
  yMax?: number
}

/** A custom property as the browser computes it, `light-dark()` resolved; a fresh element is in no transition. */
function resolveColor(element: HTMLElement, property: string): string {
  const probe = element.appendChild(document.createElement('span'))
  probe.style.color = `var(${property})`
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

const withAlpha = (color: string, alpha: number): string =>
  color.replace(
    /^rgba?\(([^)]*)\)$/,
    (_, inner: string) =>
      `rgba(${inner
        .split(/[ ,/]+/)
        .slice(0, 3)
        .join(', ')}, ${alpha})`,
  )

function optionsOf(host: HTMLElement, { series, xLabel, yLabel, height = 220, yMax }: PlotProps): uPlot.Options {
  const ink = resolveColor(host, '--ink-2')
  const line = resolveColor(host, '--line')
  const axis = {
    stroke: ink,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1 },
    font: '11px sans-serif',
    labelFont: '11px sans-serif',
    labelSize: 18,
  }
  const stepped = uPlot.paths.stepped?.({ align: 1 })
  return {
    width: Math.max(200, host.clientWidth),
    height,
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    legend: { live: true },
    scales: { x: { time: false }, y: yMax === undefined ? {} : { range: [0, yMax] } },
    axes: [
      { ...axis, label: xLabel, size: 34 },
      { ...axis, label: yLabel, size: 46 },
    ],
    series: [
      { label: xLabel },
      ...series.map((entry): uPlot.Series => {
        const color = resolveColor(host, entry.color)
        return {
          label: entry.label,
          stroke: color,
          width: 1.75,
          points: { show: false },
          value: (_, value) => (value == null ? '–' : String(Math.round(value * 10_000) / 10_000)),
          ...(entry.dashed ? { dash: [5, 4] } : {}),
          ...(entry.filled ? { fill: withAlpha(color, 0.16) } : {}),
          ...(entry.stepped && stepped ? { paths: stepped } : {}),
        }
      }),
    ],
  }
}

/** Lines over numbers. Drawn again when the colour scheme or the width changes. */
export function Plot(props: PlotProps) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  const shape = JSON.stringify([
    props.xLabel,
    props.yLabel,
    props.height,
    props.yMax,
    props.series.map(({ values: _, ...look }) => look),
  ])

  useEffect(() => {
    const element = host.current
    if (!element) return
    const dataOf = (): uPlot.AlignedData => [
      [...latest.current.x],
      ...latest.current.series.map(({ values }) => [...values]),
    ]
    const draw = () => {
      plot.current?.destroy()
      plot.current = new uPlot(optionsOf(element, latest.current), dataOf(), element)
    }
    draw()
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: Math.max(200, element.clientWidth), height: latest.current.height ?? 220 }),
    )
    resized.observe(element)
    const scheme = window.matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', draw)
    const themed = new MutationObserver(draw)
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      resized.disconnect()
      themed.disconnect()
      scheme.removeEventListener('change', draw)
      plot.current?.destroy()
      plot.current = null
    }
  }, [shape])

  useEffect(() => {
    plot.current?.setData([[...props.x], ...props.series.map(({ values }) => [...values])])
  }, [props.x, props.series])

  return (
    <div ref={host} role="img" aria-label={props.description} className="min-w-0 overflow-hidden text-xs text-ink-2" />
  )
}
