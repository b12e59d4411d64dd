import { countSlaBoard, readSlaBoard, type SlaBoardRow } from '@lethe/db'
import type { ClockState } from '@lethe/domain'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isSmallNumber, type Page } from '../../graphql/page.js'
import type { Services } from '../../services.js'
import { SlaBoardEntry } from './sla-board.types.js'

const shapeEntry = ({ tenantId: _tenant, requestId: _request, ...row }: SlaBoardRow): SlaBoardEntry =>
  shape(SlaBoardEntry, row)

export interface BoardFilter {
  readonly state?: ClockState | null | undefined
  readonly statuteId?: string | null | undefined
}

/** Every tenant's clocks, nearest due first. Pages by place: a board that is looked at, not a list that is walked. */
export function listSlaBoard(
  { db }: Services,
  page: Page,
  { state = null, statuteId = null }: BoardFilter,
): Promise<Connection<SlaBoardEntry>> {
  const filter = { state, statuteId }
  return connectionOf(page, {
    rows: async (take, key) => {
      const skip = Number(key ?? 0)
      const rows = await readSlaBoard(db, filter, { skip, take })
      return rows.map((row, index) => ({ row, place: skip + index + 1 }))
    },
    count: () => countSlaBoard(db, filter),
    keyOf: ({ place }) => String(place),
    isKey: isSmallNumber,
    node: ({ row }) => shapeEntry(row),
  })
}
