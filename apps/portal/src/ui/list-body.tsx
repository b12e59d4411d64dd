import type { ReactNode } from 'react'
import { ErrorState, Loading } from '@/ui/states'

/** Pages of a connection, as far as they were read. */
export interface List<Node> {
  rows: readonly Node[]
  total: number
  isPending: boolean
  error: Error | null
  refetch: () => void
  more: { hasNext: boolean; pending: boolean; onMore: () => void }
}

interface ListBodyProps {
  list: Pick<List<unknown>, 'rows' | 'isPending' | 'error' | 'refetch'>
  empty: ReactNode
  children: ReactNode
}

/** A list is always one of four: refused, being read, empty, or there. */
export function ListBody({ list, empty, children }: ListBodyProps) {
  if (list.error) {
    return (
      <div className="p-4 sm:p-5">
        <ErrorState error={list.error} retry={list.refetch} />
      </div>
    )
  }
  if (list.isPending) return <Loading />
  return list.rows.length === 0 ? empty : children
}
