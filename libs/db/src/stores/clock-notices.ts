import { type ClockReading, type NoticeKind, thresholdReached } from '@lethe/domain'
import type { Tx } from '../database.js'
import { notify } from './notices.js'

/**
 * Says what is to be said of a clock's deadlines: once for each threshold and due date, whoever asks and how often. The
 * caller holds the clock's lock (refreshClock), so that two sweeps say it once.
 */
export async function noteDeadlines(
  tx: Tx,
  clock: {
    tenantId: string
    clockId: string
    requestId: string
    requestNumber: number
    receivedAt: Date
    reading: ClockReading
    now: Date
  },
): Promise<number> {
  const { tenantId, clockId, requestId, requestNumber: number, reading, now } = clock
  let said = 0
  for (const deadline of reading.deadlines) {
    const threshold = thresholdReached(deadline, {
      receivedAt: clock.receivedAt.toISOString(),
      timeZone: reading.basis.timeZone,
      now: now.toISOString(),
    })
    if (threshold === null) continue
    const { kind, dueAt } = deadline
    const { count } = await tx.clockNotice.createMany({
      data: [{ tenantId, clockId, deadline: kind, threshold, dueAt: new Date(dueAt), at: now }],
      skipDuplicates: true,
    })
    if (count === 0) continue
    const notice: NoticeKind = threshold === 'over' ? 'clock.breached' : 'clock.due-soon'
    await notify(tx, { tenantId, kind: notice, requestId, data: { number, dueAt, deadline: kind }, now })
    said++
  }
  return said
}
