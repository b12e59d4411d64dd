import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import { announce, enqueueOutbox, enqueueTask, type TaskPayload, toJson } from '../outbox.js'

/** Writes the run and the message that asks for it, in one transaction. The run's id is the task's. */
export async function startRun(
  tx: Tx,
  input: {
    task: TaskPayload
    now: Date
    requestId?: string | undefined
    planItemId?: string | undefined
    modelVersionId?: string | undefined
    datasetVersionId?: string | undefined
    /** User id; absent when the platform itself goes on. */
    requestedBy?: string | undefined
  },
): Promise<string> {
  const { task, now } = input
  await tx.run.create({
    data: {
      id: task.runId,
      tenantId: task.tenantId,
      kind: task.kind,
      task: toJson(task),
      requestId: input.requestId ?? null,
      planItemId: input.planItemId ?? null,
      modelVersionId: input.modelVersionId ?? null,
      datasetVersionId: input.datasetVersionId ?? null,
      requestedBy: input.requestedBy ?? null,
      queuedAt: now,
    },
  })
  await enqueueTask(tx, task)
  await announce(tx, { tenantId: task.tenantId, aggregate: 'run', id: task.runId, now })
  return task.runId
}

/**
 * Asks for a run to be cancelled; it ends when its result says so. Asking twice is asking once.
 *
 * @throws DomainError NOT_FOUND, CONFLICT when the run has ended
 */
export async function cancelRun(tx: Tx, input: { tenantId: string; runId: string; now: Date }): Promise<void> {
  const { tenantId, runId, now } = input
  const run = await tx.run.findUnique({
    where: { tenantId_id: { tenantId, id: runId } },
    select: { kind: true, state: true, cancelRequestedAt: true },
  })
  if (!run) throw databaseError('NOT_FOUND', 'There is no such run.', 'runId')
  const asked = await tx.run.updateMany({
    where: { tenantId, id: runId, state: { in: ['QUEUED', 'RUNNING'] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: now },
  })
  if (asked.count === 0) {
    if (run.cancelRequestedAt !== null) return
    throw databaseError('CONFLICT', `The run is ${run.state} already and cannot be cancelled.`, 'runId')
  }
  await enqueueOutbox(tx, {
    tenantId,
    contract: 'cancel',
    payload: { tenantId, runId, runKind: run.kind, at: now.toISOString() },
  })
  await announce(tx, { tenantId, aggregate: 'run', id: runId, now })
}
