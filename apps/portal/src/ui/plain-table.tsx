import type { ReactNode } from 'react'
import { classNames } from '@/ui/class-names'

interface Head {
  id: string
  label: string
  /** Aligned right, as its cells are. */
  numeric?: boolean
}

interface PlainTableProps {
  caption: string
  heads: readonly Head[]
  /** Rows of {@link RowHead} and {@link Cell}. */
  children: ReactNode
  testId?: string
}

/** Space at the edges as in a card's text; shared with the table that sorts. */
export const edgeClass = 'first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5'

/**
 * A table written by hand. It scrolls by itself when it is wide; on a narrow screen each row becomes a block whose cells
 * name their column. Roles are spelled out, since browsers forget them where a row is shown as a block.
 */
export function PlainTable({ caption, heads, children, testId }: PlainTableProps) {
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="group" aria-label={caption}>
      <table role="table" className="stacking-table w-full border-collapse text-sm" data-testid={testId}>
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row" className="border-y bg-well/60 text-xs text-ink-2">
            {heads.map(({ id, label, numeric }) => (
              <th
                key={id}
                scope="col"
                role="columnheader"
                className={classNames(
                  'px-3 py-2 align-bottom font-medium',
                  edgeClass,
                  numeric ? 'text-right' : 'text-left',
                )}
              >
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">{children}</tbody>
      </table>
    </div>
  )
}

export function Row({ isMarked = false, children }: { isMarked?: boolean; children: ReactNode }) {
  return (
    <tr
      role="row"
      className={classNames('border-b align-top last:border-b-0', isMarked ? 'bg-accent-well/50' : undefined)}
    >
      {children}
    </tr>
  )
}

export function RowHead({ children }: { children: ReactNode }) {
  return (
    <th scope="row" role="rowheader" className="px-3 py-3 pl-4 text-left font-normal sm:pl-5">
      {children}
    </th>
  )
}

/** `label` is its column's, shown where the head is not. */
export function Cell({ label, numeric, children }: { label: string; numeric?: boolean; children: ReactNode }) {
  return (
    <td
      role="cell"
      data-label={label}
      className={classNames('px-3 py-3 last:pr-4 sm:last:pr-5', numeric ? 'text-right' : undefined)}
    >
      {children}
    </td>
  )
}
