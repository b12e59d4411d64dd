import { nextListAccess, thresholdReached } from '@lethe/domain'
import type { Tx } from '../database.js'
import { notify } from './notices.js'

/**
 * Says what is to be said of the day by which the list of requests is to be fetched again, counted from the newest fetch
 * on record: once for each threshold and day, whoever asks and how often. A tenant that never fetched it is told nothing.
 *
 * @returns whether something was said
 */
export async function noteListAccess(tx: Tx, { tenantId, now }: { tenantId: string; now: Date }): Promise<boolean> {
  const fetched = await tx.listAccess.findFirst({ where: { tenantId }, orderBy: { at: 'desc' }, select: { at: true } })
  if (fetched === null) return false
  const { timeZone } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { timeZone: true } })
  const receivedAt = fetched.at.toISOString()
  const dueAt = nextListAccess(receivedAt, timeZone)
  const state = now >= new Date(dueAt) ? 'BREACHED' : 'RUNNING'
  const threshold = thresholdReached({ state, dueAt }, { receivedAt, timeZone, now: now.toISOString() })
  if (threshold === null) return false
  const { count } = await tx.listNotice.createMany({
    data: [{ tenantId, dueAt: new Date(dueAt), threshold, at: now }],
    skipDuplicates: true,
  })
  if (count === 0) return false
  await notify(tx, { tenantId, kind: threshold === 'over' ? 'list.overdue' : 'list.due-soon', data: { dueAt }, now })
  return true
}
