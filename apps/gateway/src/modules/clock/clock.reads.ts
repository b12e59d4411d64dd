import type { Prisma } from '@lethe/db'
import type { ClockState } from '@lethe/domain'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { connectionOf, type Page } from '../../graphql/page.js'
import { visibleRequests } from '../erasure/visible-requests.js'
import { shapeClock } from './clock.shape.js'
import type { SlaClock } from './clock.types.js'

const keyPattern = /^(\d{4}-\d{2}-\d{2}T[\d:.]{8,12}Z)\|([0-9a-f-]{36})$/

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
        where: { AND: [where, key === null ? {} : behind(key)] },
        include: { events: true },
        orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
        take,
      }),
    count: () => db.slaClock.count({ where }),
    keyOf: (row) => `${row.dueAt.toISOString()}|${row.id}`,
    isKey: (key) => keyPattern.test(key),
    node: (row) => shapeClock(row, now()),
  })
}

function behind(key: string): Prisma.SlaClockWhereInput {
  const [, instant = '', id = ''] = keyPattern.exec(key) ?? []
  const dueAt = new Date(instant)
  return { OR: [{ dueAt: { gt: dueAt } }, { dueAt, id: { gt: id } }] }
}
