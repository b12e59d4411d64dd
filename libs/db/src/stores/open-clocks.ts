import type { ClockReading } from '@lethe/domain'
import type { TenantClient } from '../database.js'
import type { ClockNotice, SlaClock, SlaClockEvent } from '../generated/client.js'
import { reached } from './clock-notices.js'
import { readStored, storedClock } from './clock-rows.js'
import { differs } from './sla-clocks.js'

/** A clock that may have changed by time alone, as it was found without a lock. */
export interface OpenClock {
  readonly clockId: string
  readonly request: {
    readonly id: string
    readonly number: number
    readonly state: string
    readonly receivedAt: Date
  }
  /** Null where what is stored cannot be read. */
  readonly reading: ClockReading | null
  /** Whether the reading is what is stored, and everything that is to be said of it was said. */
  readonly isUpToDate: boolean
}

/**
 * Clocks of requests that are open, and of those that were closed late while nobody said so, by the requests' ids: at most
 * `take` behind `after`. Nothing is locked, so that a clock with nothing to do about costs no transaction of its own.
 */
export async function lookAtOpenClocks(
  client: TenantClient,
  { tenantId, after, take, now }: { tenantId: string; after: string | null; take: number; now: Date },
): Promise<OpenClock[]> {
  const rows = await client.erasureRequest.findMany({
    where: {
      tenantId,
      ...(after === null ? {} : { id: { gt: after } }),
      OR: [
        { state: { notIn: ['FULFILLED', 'REJECTED', 'WITHDRAWN'] }, clock: { isNot: null } },
        { clock: { state: 'BREACHED', notices: { none: { threshold: 'over' } } } },
      ],
    },
    select: {
      id: true,
      number: true,
      state: true,
      receivedAt: true,
      clock: { include: { events: true, notices: true } },
    },
    orderBy: { id: 'asc' },
    take,
  })
  return rows.flatMap(({ clock, ...request }) => {
    if (clock === null) return []
    const reading = readIfPossible(clock, now)
    return [
      { clockId: clock.id, request, reading, isUpToDate: reading !== null && isKept(clock, request, reading, now) },
    ]
  })
}

type ClockRow = SlaClock & { readonly events: SlaClockEvent[]; readonly notices: ClockNotice[] }

function isKept(clock: ClockRow, { receivedAt }: { receivedAt: Date }, reading: ClockReading, now: Date): boolean {
  const { inState, inDueDate } = differs(clock, reading)
  const wasTold = ({ deadline, threshold, dueAt }: ReturnType<typeof reached>[number]) =>
    clock.notices.some(
      (told) => told.deadline === deadline && told.threshold === threshold && told.dueAt.getTime() === dueAt.getTime(),
    )
  return !inState && !inDueDate && reached(reading, receivedAt, now).every(wasTold)
}

function readIfPossible(clock: ClockRow, now: Date): ClockReading | null {
  try {
    return readStored(storedClock(clock, clock.events), now)
  } catch {
    return null
  }
}
