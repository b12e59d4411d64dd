import { consumeProgress, type RunProgressed } from '@lethe/bus'
import { announce, toJson } from '@lethe/db'
import { grantsOfRun } from './publish-message.js'
import type { RegistrarContext } from './registrar-context.js'

const minimumGapMs = 500
const remembered = 1000

/**
 * Keeps the newest progress on the run's row. The row is a summary for readers who come later, so at most two writes a
 * second and run; the events themselves are replayable on the bus.
 */
export function followProgress(context: RegistrarContext, signal: AbortSignal): Promise<void> {
  const writtenAt = new Map<string, number>()
  return consumeProgress(context.bus, {
    signal,
    grantsOf: grantsOfRun(context.grants),
    onError: (error, subject) => context.logger.warn({ err: error, subject }, 'progress not kept'),
    handler: async (event) => {
      const key = `${event.runId}:${event.attempt}`
      const nowMs = context.now().getTime()
      if (nowMs - (writtenAt.get(key) ?? 0) < minimumGapMs) return
      writtenAt.delete(key)
      writtenAt.set(key, nowMs)
      for (const oldest of writtenAt.keys()) if (writtenAt.size > remembered) writtenAt.delete(oldest)
      await keepProgress(context, event)
    },
  })
}

/** A run that has ended, or is in a later attempt, stays as it is. */
async function keepProgress(context: RegistrarContext, event: RunProgressed): Promise<void> {
  const { tenantId, runId: id, attempt, worker, device, at } = event
  const newest = { attempt, worker, device, progress: toJson(event.progress) }
  const kept = await context.db.forTenant(tenantId).run.updateMany({
    where: { tenantId, id, state: 'RUNNING', attempt },
    data: newest,
  })
  if (kept.count > 0) return
  await context.db.forTenant(tenantId).$transaction(async (tx) => {
    const begun = await tx.run.updateMany({
      where: { tenantId, id, state: { in: ['QUEUED', 'RUNNING'] }, attempt: { lt: attempt } },
      data: { ...newest, state: 'RUNNING', startedAt: new Date(at) },
    })
    if (begun.count > 0) await announce(tx, { tenantId, aggregate: 'run', id, now: context.now() })
  })
}
