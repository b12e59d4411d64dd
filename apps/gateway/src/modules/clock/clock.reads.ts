import type { Prisma } from '@lethe/db'
import type { ClockState } from '@lethe/domain'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { readInstant } from '../../graphql/instant.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { visibleRequests } from '../erasure/visible-requests.js'
import { shapeClock } from './clock.shape.js'
import type { SlaClock } from './clock.types.js'

/** The instant and the id of a clock. */
function readKey(key: string): { dueAt: Date; id: string } | null {
  const [instant = '', id = '', ...more] = key.split('|')
  const dueAt = readInstant(instant)
  return dueAt !== null && isUuid(id) && more.length === 0 ? { dueAt, id } : null
}

/** Clocks, nearest due first. `state` is as of the last sweep, a minute ago at most. */
export function listClocks(
  { db, viewer, now }: Scope,
  page: Page,
  { state, statuteId }: { state?: ClockState | null; statuteId?: string | null },
): Promise<Connection<SlaClock>> {
  const where: Prisma.SlaClockWhereInput = {
    request: visibleRequests(viewer),
    ...(state == null ? {} : { state }),
    ...(statuteId == null ? {} : { statuteId }),
  }
  return connectionOf(page, {
    rows: (take, key) =>
      db.slaClock.findMany({
        where: { AND: [where, behind(key === null ? null : readKey(key))] },
        include: { events: true },
        orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
        take,
      }),
    count: () => db.slaClock.count({ where }),
    keyOf: (row) => `${row.dueAt.toISOString()}|${row.id}`,
    isKey: (key) => readKey(key) !== null,
    node: (row) => shapeClock(row, now()),
  })
}

function behind(start: ReturnType<typeof readKey>): Prisma.SlaClockWhereInput {
  if (start === null) return {}
  const { dueAt, id } = start
  return { OR: [{ dueAt: { gt: dueAt } }, { dueAt, id: { gt: id } }] }
}
