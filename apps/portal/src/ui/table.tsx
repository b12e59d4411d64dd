'use client'
import {
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/react-table'
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { classNames } from '@/ui/class-names'
import { edgeClass } from '@/ui/plain-table'

interface TableProps<Row> {
  caption: string
  rows: Row[]
  // The library's own type for columns of mixed values.
  columns: ColumnDef<Row, never>[]
  rowKey: (row: Row) => string
  footer?: ReactNode
}

/**
 * A table that scrolls by itself when it is wide; the page never does. Sorts what is loaded. On a narrow screen each row
 * is a block, as in the table written by hand.
 */
export function Table<Row>({ caption, rows, columns, rowKey, footer }: TableProps<Row>) {
  const [sorting, setSorting] = useState<SortingState>([])
  const table = useReactTable({
    data: rows,
    columns: columns as ColumnDef<Row>[],
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: rowKey,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  })
  return (
    <div>
      <div className="relative overflow-x-auto" tabIndex={0} role="group" aria-label={caption}>
        <table role="table" className="stacking-table w-full border-collapse text-sm">
          <caption className="sr-only">{caption}</caption>
          <thead role="rowgroup">
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id} role="row" className="border-y bg-well/60">
                {group.headers.map((header) => (
                  <HeaderCell
                    key={header.id}
                    sorted={header.column.getIsSorted()}
                    numeric={header.column.columnDef.meta?.numeric === true}
                    {...(header.column.getCanSort() ? { onSort: header.column.getToggleSortingHandler() } : {})}
                  >
                    {flexRender(header.column.columnDef.header, header.getContext())}
                  </HeaderCell>
                ))}
              </tr>
            ))}
          </thead>
          <tbody role="rowgroup">
            {table.getRowModel().rows.map((row) => (
              <tr key={row.id} role="row" className="border-b last:border-b-0 hover:bg-well/40">
                {row.getVisibleCells().map((cell, place) => (
                  <td
                    key={cell.id}
                    role="cell"
                    // What a row is of needs no name before it.
                    data-label={place === 0 ? undefined : labelOf(cell.column.columnDef.header)}
                    className={classNames(
                      'px-3 py-2.5 align-top',
                      edgeClass,
                      cell.column.columnDef.meta?.wideOnly && 'max-sm:hidden!',
                      cell.column.columnDef.meta?.numeric && 'text-right whitespace-nowrap',
                    )}
                  >
                    {flexRender(cell.column.columnDef.cell, cell.getContext())}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {footer}
    </div>
  )
}

/** Heads that are no plain text name no cell. */
const labelOf = (header: unknown): string | undefined => (typeof header === 'string' ? header : undefined)

interface HeaderCellProps {
  sorted: false | 'asc' | 'desc'
  numeric: boolean
  onSort?: ((event: unknown) => void) | undefined
  children: ReactNode
}

function HeaderCell({ sorted, numeric, onSort, children }: HeaderCellProps) {
  const Icon = sorted === 'asc' ? ArrowUp : sorted === 'desc' ? ArrowDown : ArrowUpDown
  return (
    <th
      scope="col"
      role="columnheader"
      aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
      className={classNames(
        'px-3 py-2 align-bottom text-xs font-medium text-ink-2',
        edgeClass,
        numeric ? 'text-right' : 'text-left',
      )}
    >
      {onSort ? (
        <button
          type="button"
          onClick={onSort}
          className={classNames(
            'group inline-flex items-center gap-1 rounded hover:text-ink',
            numeric ? 'text-right' : 'text-left',
          )}
        >
          {children}
          <Icon
            aria-hidden
            className={classNames('size-3 shrink-0', sorted ? '' : 'opacity-40 group-hover:opacity-100')}
          />
        </button>
      ) : (
        children
      )}
    </th>
  )
}
