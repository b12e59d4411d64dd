import type { RunId, RunKind, TenantId } from '@lethe/domain'
import { jetstreamManager } from '@nats-io/jetstream'
import { z } from 'zod'
import { endIdleRun } from './attempts.js'
import type { Bus } from './bus.js'
import { decodeMessage } from './codec.js'
import { publishResult } from './publish.js'
import { cancelSubject, taskSubject } from './subjects.js'
import { stream } from './topology.js'

const CancelFlag = z.object({ version: z.literal(1), tenantId: z.string(), at: z.iso.datetime() })

export interface CancelRequest {
  readonly tenantId: TenantId
  readonly runId: RunId
  readonly runKind: RunKind
  /** Instant of the request, ISO 8601 in UTC. */
  readonly at: string
}

/**
 * Stops a run wherever it is, within a second. A worker that has it aborts and publishes the cancelled result;
 * where none has it, the result is published here, with the grant of the run. The flag is durable and is written before anything is asked, and a
 * worker writes its attempt before it reads the flag: one of the two always sees the other. Of a run that has ended the result
 * is published as well: one that came before it stands, and one that was refused leaves no run behind that nobody can end.
 */
export async function requestCancel(bus: Bus, request: CancelRequest, grant: string): Promise<void> {
  const { tenantId, runId, runKind, at } = request
  await bus.cancelled.put(runId, JSON.stringify(CancelFlag.parse({ version: 1, tenantId, at })))
  bus.nc.publish(cancelSubject(tenantId, runId))
  const ended = await endIdleRun(bus, runId)
  if (ended === null) return
  const attempt = Math.max(1, ended.lastAttempt)
  const envelope = { version: 1 as const, tenantId, runId, runKind, attempt, startedAt: at, finishedAt: at }
  await publishResult(bus, { ...envelope, outcome: 'cancelled' }, grant)
  // With something left to delete the task stays in the queue: the worker that gets it deletes that.
  if (!ended.hasLeftovers) await removeQueued(bus, request)
}

/** Frees the place in the queue; a worker that gets the task first finds the run ended and acknowledges it. */
async function removeQueued(bus: Bus, { tenantId, runId, runKind }: CancelRequest): Promise<void> {
  const manager = await jetstreamManager(bus.nc)
  const subject = taskSubject(runKind, tenantId, runId)
  const queued = await manager.streams.getMessage(stream.tasks, { last_by_subj: subject })
  if (queued) await manager.streams.deleteMessage(stream.tasks, queued.seq).catch(() => false)
}

export async function isCancelled(bus: Bus, tenantId: TenantId, runId: RunId): Promise<boolean> {
  const entry = await bus.cancelled.get(runId)
  return entry?.operation === 'PUT' && decodeMessage(CancelFlag, entry.value).tenantId === tenantId
}

/** Calls back on the nudge that comes with a cancel; the flag stays the truth. */
export function onCancelNudge(bus: Bus, tenantId: TenantId, runId: RunId, callback: () => void): { stop(): void } {
  const subscription = bus.nc.subscribe(cancelSubject(tenantId, runId), { callback })
  return { stop: () => subscription.unsubscribe() }
}
