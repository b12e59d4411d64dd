import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '@/ui/class-names'

export type BadgeTone = 'neutral' | 'accent' | 'pass' | 'residual' | 'over' | 'open' | 'danger' | 'warn'

const tones: Record<BadgeTone, string> = {
  neutral: 'bg-well text-ink-2',
  accent: 'bg-accent-well text-accent',
  pass: 'bg-pass-well text-pass',
  residual: 'bg-residual-well text-residual',
  over: 'bg-over-well text-over',
  open: 'bg-open-well text-open',
  danger: 'bg-danger-well text-danger',
  warn: 'bg-warn-well text-warn',
}

/** A state in a word, with an icon so that colour never speaks alone. */
export function Badge({
  tone = 'neutral',
  icon: Icon,
  children,
}: {
  tone?: BadgeTone
  icon?: LucideIcon
  children: ReactNode
}) {
  return (
    <span
      className={classNames(
        'inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs leading-4 font-medium whitespace-nowrap',
        tones[tone],
      )}
    >
      {Icon ? <Icon aria-hidden className="size-3.5 shrink-0" strokeWidth={2.25} /> : null}
      {children}
    </span>
  )
}
