import { useId, type ReactNode } from 'react'
import { classNames } from '@/ui/class-names'

interface CardProps {
  title?: ReactNode
  /** One sentence under the title that says what is seen. */
  note?: ReactNode
  action?: ReactNode
  children: ReactNode
  /** Children reach the edges, as tables do. */
  flush?: boolean
  className?: string
}

export function Card({ title, note, action, children, flush = false, className }: CardProps) {
  const titleId = useId()
  return (
    <section
      aria-labelledby={title ? titleId : undefined}
      className={classNames('min-w-0 rounded-lg border bg-sheet print:border-0', className)}
    >
      {title ? (
        <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-4 sm:px-5">
          <div className="min-w-0">
            <h2 id={titleId} className="text-[0.9375rem] leading-6 font-semibold">
              {title}
            </h2>
            {note ? <p className="mt-0.5 max-w-[70ch] text-sm text-ink-2">{note}</p> : null}
          </div>
          {action}
        </header>
      ) : null}
      <div className={flush ? (title ? 'pt-3' : '') : 'px-4 py-4 sm:px-5'}>{children}</div>
    </section>
  )
}

/** Facts as term and value; the value column wraps. */
export function Facts({
  rows,
  columns = 1,
}: {
  rows: readonly (readonly [ReactNode, ReactNode])[]
  columns?: 1 | 2 | 3
}) {
  const grid = { 1: 'grid-cols-1', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-2 lg:grid-cols-3' }[columns]
  return (
    <dl className={classNames('grid gap-x-8 gap-y-4', grid)}>
      {rows.map(([term, value], index) => (
        <div key={index} className="min-w-0">
          <dt className="label">{term}</dt>
          <dd className="mt-1 text-sm">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
