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
  for (const { deadline, threshold, dueAt } of reached(reading, clock.receivedAt, now)) {
    const { count } = await tx.clockNotice.createMany({
      data: [{ tenantId, clockId, deadline, threshold, dueAt, at: now }],
      skipDuplicates: true,
    })
    if (count === 0) continue
    const notice: NoticeKind = threshold === 'over' ? 'clock.breached' : 'clock.due-soon'
    await notify(tx, { tenantId, kind: notice, requestId, data: { number, dueAt: dueAt.toISOString(), deadline }, now })
    said++
  }
  return said
}

/** The thresholds at which a reading's deadlines are, each of which is told once. */
export const reached = (reading: ClockReading, receivedAt: Date, now: Date) =>
  reading.deadlines.flatMap((deadline) => {
    const threshold = thresholdReached(deadline, {
      receivedAt: receivedAt.toISOString(),
      timeZone: reading.basis.timeZone,
      now: now.toISOString(),
    })
    return threshold === null ? [] : [{ deadline: deadline.kind, threshold, dueAt: new Date(deadline.dueAt) }]
  })
