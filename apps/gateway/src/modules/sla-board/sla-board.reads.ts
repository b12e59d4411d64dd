import { readSlaBoard, type SlaBoardRow } from '@lethe/db'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isWholeNumber, type Page } from '../../graphql/page.js'
import type { Services } from '../../services.js'
import { SlaBoardEntry } from './sla-board.types.js'

const shapeEntry = (row: SlaBoardRow): SlaBoardEntry =>
  shape(SlaBoardEntry, {
    tenantName: row.tenantName,
    requestNumber: row.requestNumber,
    requestState: row.requestState,
    clockState: row.clockState,
    statuteId: row.statuteId,
    dueAt: row.dueAt,
    receivedAt: row.receivedAt,
  })

/** Every tenant's clocks, nearest due first. Pages by place: a board that is looked at, not a list that is walked. */
export async function listSlaBoard({ db }: Services, page: Page): Promise<Connection<SlaBoardEntry>> {
  const board = (await readSlaBoard(db)).map((row, index) => ({ row, place: index + 1 }))
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
