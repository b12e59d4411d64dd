import { readSlaBoard, type SlaBoardRow } from '@lethe/db'
import type { ClockState } from '@lethe/domain'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isWholeNumber, type Page } from '../../graphql/page.js'
import type { Services } from '../../services.js'
import { SlaBoardEntry } from './sla-board.types.js'

const shapeEntry = ({ tenantId: _tenant, requestId: _request, ...row }: SlaBoardRow): SlaBoardEntry =>
  shape(SlaBoardEntry, row)

export interface BoardFilter {
  readonly state?: ClockState | null | undefined
  readonly statuteId?: string | null | undefined
}

/** Every tenant's clocks, nearest due first. Pages by place: a board that is looked at, not a list that is walked. */
export async function listSlaBoard(
  { db }: Services,
  page: Page,
  { state, statuteId }: BoardFilter,
): Promise<Connection<SlaBoardEntry>> {
  const board = (await readSlaBoard(db))
    .filter((row) => (state == null || row.clockState === state) && (statuteId == null || row.statuteId === statuteId))
    .map((row, index) => ({ row, place: index + 1 }))
  return connectionOf(page, {
    rows: (take, key) => {
      const start = Number(key ?? 0)
      return Promise.resolve(board.slice(start, start + take))
    },
    count: () => Promise.resolve(board.length),
    keyOf: ({ place }) => String(place),
    isKey: isWholeNumber,
    node: ({ row }) => shapeEntry(row),
  })
}
