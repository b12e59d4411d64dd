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

interface TableProps<Row> {
  caption: string
  rows: Row[]
  // The library's own type for columns of mixed values.
  columns: ColumnDef<Row, never>[]
  rowKey: (row: Row) => string
  footer?: ReactNode
}

/** A table that scrolls by itself when it is wide; the page never does. Sorts what is loaded. */
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
      <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={caption}>
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">{caption}</caption>
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id} className="border-y bg-well/60">
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
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr key={row.id} className="border-b last:border-b-0 hover:bg-well/40">
                {row.getVisibleCells().map((cell) => (
                  <td
                    key={cell.id}
                    className={classNames(
                      'px-3 py-2.5 align-top first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5',
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
      aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
      className={classNames(
        'px-3 py-2 text-xs font-medium whitespace-nowrap text-ink-2 first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5',
        numeric ? 'text-right' : 'text-left',
      )}
    >
      {onSort ? (
        <button type="button" onClick={onSort} className="group inline-flex items-center gap-1 rounded hover:text-ink">
          {children}
          <Icon aria-hidden className={classNames('size-3', sorted ? '' : 'opacity-40 group-hover:opacity-100')} />
        </button>
      ) : (
        children
      )}
    </th>
  )
}
