import type { ReactNode } from 'react'

interface ProgressBarProps {
  /** In [0, 1]. */
  fraction: number
  label: string
  text?: ReactNode
}

/** Drawn as SVG, so that no inline style is needed. */
export function ProgressBar({ fraction, label, text }: ProgressBarProps) {
  const percent = Math.round(Math.min(1, Math.max(0, fraction)) * 1000) / 10
  return (
    <div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="h-1.5 overflow-hidden rounded-full bg-well ring-1 ring-line"
      >
        <svg viewBox="0 0 100 1" preserveAspectRatio="none" className="block size-full" aria-hidden>
          <rect width={percent} height="1" className="fill-accent" />
        </svg>
      </div>
      {text ? <p className="mt-1.5 text-xs text-ink-2">{text}</p> : null}
    </div>
  )
}
