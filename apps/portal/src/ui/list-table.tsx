import type { ColumnDef } from '@tanstack/react-table'
import type { ReactNode } from 'react'
import { ListBody, type List } from '@/ui/list-body'
import { MoreRows } from '@/ui/more-rows'
import { Table } from '@/ui/table'

interface ListTableProps<Node, Row> {
  caption: string
  list: List<Node>
  /** The list's rows, or what was made of them. */
  rows: Row[]
  // The library's own type for columns of mixed values.
  columns: ColumnDef<Row, never>[]
  rowKey: (row: Row) => string
  empty: ReactNode
}

/** Pages of a connection as one table: refused, being read, empty, or there with the way to the rest. */
export function ListTable<Node, Row>({ caption, list, rows, columns, rowKey, empty }: ListTableProps<Node, Row>) {
  return (
    <ListBody list={list} empty={empty}>
      <Table
        caption={caption}
        rows={rows}
        columns={columns}
        rowKey={rowKey}
        footer={<MoreRows shown={list.rows.length} total={list.total} {...list.more} />}
      />
    </ListBody>
  )
}
