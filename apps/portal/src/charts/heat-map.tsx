'use client'
import { useTranslations } from 'next-intl'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { colorOf, type Scale } from '@/charts/color-scale'
import { useQuantities } from '@/i18n/use-quantities'

interface HeatMapProps {
  title: string
  /** Side of the square matrix. */
  size: number
  /** Row-major, `size * size`. */
  data: Float32Array
  scale: Scale
  /** The cell that is read out, shared between maps so that before, after and gap are compared at one place. */
  cell: { row: number; column: number } | null
  onCell: (cell: { row: number; column: number } | null) => void
}

const clamp = (value: number, size: number): number => Math.min(size - 1, Math.max(0, value))

/**
 * A matrix as an image, one pixel a cell, enlarged without smoothing. The value under the pointer or the keyboard's cell
 * is told in words; arrows move, Home and End go along the diagonal's ends.
 */
export function HeatMap({ title, size, data, scale, cell, onCell }: HeatMapProps) {
  const t = useTranslations('heatMap')
  const { number } = useQuantities()
  const canvas = useRef<HTMLCanvasElement>(null)
  const describedBy = useId()
  const [isFocused, setIsFocused] = useState(false)

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const image = context.createImageData(size, size)
    data.forEach((value, index) => image.data.set([...colorOf(scale, value), 255], index * 4))
    context.putImageData(image, 0, 0)
  }, [data, scale, size])

  const moveTo = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const column = clamp(Math.floor(((event.clientX - box.left) / box.width) * size), size)
    const row = clamp(Math.floor(((event.clientY - box.top) / box.height) * size), size)
    onCell({ row, column })
  }
  const moveBy = (event: KeyboardEvent<HTMLElement>) => {
    const { row, column } = cell ?? { row: 0, column: 0 }
    const stride = event.shiftKey ? 5 : 1
    const moves: Record<string, [number, number]> = {
      ArrowUp: [row - stride, column],
      ArrowDown: [row + stride, column],
      ArrowLeft: [row, column - stride],
      ArrowRight: [row, column + stride],
      Home: [0, 0],
      End: [size - 1, size - 1],
    }
    const target = moves[event.key]
    if (!target) return
    event.preventDefault()
    onCell({ row: clamp(target[0], size), column: clamp(target[1], size) })
  }
  const value = cell ? data[cell.row * size + cell.column] : undefined
  const reading =
    cell && value !== undefined
      ? t('reading', { row: cell.row + 1, column: cell.column + 1, value: number(value, 3) })
      : t('hint')

  return (
    <figure className="min-w-0">
      <figcaption className="mb-1.5 text-sm font-medium">{title}</figcaption>
      <div
        role="application"
        aria-roledescription={t('role')}
        aria-label={t('label', { title, size })}
        aria-describedby={describedBy}
        tabIndex={0}
        onPointerMove={moveTo}
        onPointerLeave={() => {
          if (!isFocused) onCell(null)
        }}
        onKeyDown={moveBy}
        onFocus={() => {
          setIsFocused(true)
          if (!cell) onCell({ row: 0, column: 0 })
        }}
        onBlur={() => setIsFocused(false)}
        className="relative aspect-square touch-pan-y border border-line-strong"
      >
        <canvas ref={canvas} width={size} height={size} aria-hidden className="size-full [image-rendering:pixelated]" />
        {cell ? (
          <svg viewBox={`0 0 ${size} ${size}`} className="pointer-events-none absolute inset-0 size-full" aria-hidden>
            <rect
              x={cell.column}
              y={cell.row}
              width="1"
              height="1"
              fill="none"
              stroke="#fff"
              strokeWidth="3"
              vectorEffect="non-scaling-stroke"
            />
            <rect
              x={cell.column}
              y={cell.row}
              width="1"
              height="1"
              fill="none"
              stroke="#000"
              strokeWidth="1.2"
              vectorEffect="non-scaling-stroke"
            />
          </svg>
        ) : null}
      </div>
      <p id={describedBy} aria-live={isFocused ? 'polite' : 'off'} className="mt-1.5 min-h-8 text-xs text-ink-2">
        {reading}
      </p>
    </figure>
  )
}

/** The scale with its numbers. */
export function ScaleLegend({ scale, label }: { scale: Scale; label: string }) {
  const { number } = useQuantities()
  const gradient = useId()
  const steps = Array.from({ length: 25 }, (_, index) => index / 24)
  const middle = (scale.low + scale.high) / 2
  const sign = (value: number): string =>
    scale.kind === 'diverging' && value > 0 ? `+${number(value, 1)}` : number(value, 1)
  return (
    <div className="max-w-xs text-xs text-ink-2">
      <p className="mb-1">{label}</p>
      <svg
        viewBox="0 0 240 10"
        preserveAspectRatio="none"
        className="block h-2.5 w-full border border-line-strong"
        aria-hidden
      >
        <linearGradient id={gradient}>
          {steps.map((step) => (
            <stop
              key={step}
              offset={step}
              stopColor={`rgb(${colorOf(scale, scale.low + step * (scale.high - scale.low)).join(' ')})`}
            />
          ))}
        </linearGradient>
        <rect width="240" height="10" fill={`url(#${gradient})`} />
      </svg>
      <div className="mt-1 flex justify-between">
        <span>{sign(scale.low)}</span>
        <span>{scale.kind === 'diverging' ? '0' : number(middle, 2)}</span>
        <span>{sign(scale.high)}</span>
      </div>
    </div>
  )
}
