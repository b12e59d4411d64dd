import { DomainError } from '@lethe/domain'
import type { Connection } from './connection.js'

/** Most nodes that one page can hold. */
export const MAX_PAGE = 100

export interface Page {
  readonly first: number
  readonly after?: string | null
}

/** Where a page begins: the sort key of the last node before it. Opaque to clients. */
const encodeCursor = (key: string): string => Buffer.from(`v1:${key}`).toString('base64url')

function decodeCursor(cursor: string, isKey: (key: string) => boolean): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  const key = text.slice(3)
  if (text.startsWith('v1:') && isKey(key)) return key
  throw new DomainError(
    'CURSOR_INVALID',
    'Pass the `endCursor` of an earlier page of this very list, unchanged.',
    'after',
  )
}

export interface PageSource<Row, T> {
  /** At most `take` rows behind the key, in the list's order. */
  rows: (take: number, afterKey: string | null) => Promise<readonly Row[]>
  count: () => Promise<number>
  keyOf: (row: Row) => string
  /** Whether a key can be one of this list; a cursor of another list is refused. */
  isKey: (key: string) => boolean
  node: (row: Row) => T
}

/** One page of a Relay connection by keyset. @throws DomainError PAGE_SIZE or CURSOR_INVALID. */
export async function connectionOf<Row, T>(page: Page, source: PageSource<Row, T>): Promise<Connection<T>> {
  const { first, after } = page
  if (first < 1 || first > MAX_PAGE)
    throw new DomainError('PAGE_SIZE', `Ask for 1 to ${MAX_PAGE} at a time, and for more with \`after\`.`, 'first')
  const afterKey = after == null ? null : decodeCursor(after, source.isKey)
  const rows = await source.rows(first + 1, afterKey)
  const edges = rows.slice(0, first).map((row) => ({ cursor: encodeCursor(source.keyOf(row)), node: source.node(row) }))
  return {
    edges,
    count: source.count,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: rows.length > first,
      hasPreviousPage: afterKey !== null,
    },
  }
}

/** For lists that are sorted by UUIDv7, newest first. */
export const isUuid = (key: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key)

/** For lists that are sorted by a whole number of 64 bits. */
export const isWholeNumber = (key: string): boolean => /^\d{1,15}$/.test(key)

/** For lists that are sorted by a whole number of 32 bits: a place in a pack, the number of a version. */
export const isSmallNumber = (key: string): boolean => /^\d{1,10}$/.test(key) && Number(key) < 2 ** 31
