import type { RunKind } from '@lethe/domain'
import type { Tx } from './database.js'
import type { Prisma } from './generated/client.js'
import { newId } from './new-id.js'

/** What a row of the outbox carries; the payload is the bus contract of that name, checked when it is published. */
export type OutboxContract = 'task' | 'aggregate-changed' | 'deployment' | 'cancel'

/** A task of the bus contracts, seen from here: enough to keep its run. */
export interface TaskPayload {
  readonly version: 1
  readonly tenantId: string
  readonly runId: string
  readonly kind: RunKind
}

export type ChangedAggregate = 'dataset' | 'model' | 'erasure-request' | 'run' | 'audit' | 'evidence'

/** Writes a message in the transaction that causes it. It is published after commit, at least once, with this id. */
export async function enqueueOutbox(
  tx: Tx,
  message: { tenantId: string; contract: OutboxContract; payload: object },
): Promise<string> {
  const id = newId()
  await tx.outbox.create({
    data: { id, tenantId: message.tenantId, contract: message.contract, payload: toJson(message.payload) },
  })
  return id
}

export const enqueueTask = (tx: Tx, task: TaskPayload): Promise<string> =>
  enqueueOutbox(tx, { tenantId: task.tenantId, contract: 'task', payload: task })

/** Tells subscribers, after commit, that an aggregate has a new state. */
export const announce = (
  tx: Tx,
  change: { tenantId: string; aggregate: ChangedAggregate; id: string; now: Date },
): Promise<string> =>
  enqueueOutbox(tx, { tenantId: change.tenantId, contract: 'aggregate-changed', payload: changed(change, change.id) })

/** The same for several of one kind, in one statement. */
export async function announceEach(
  tx: Tx,
  change: { tenantId: string; aggregate: ChangedAggregate; ids: readonly string[]; now: Date },
): Promise<void> {
  if (change.ids.length === 0) return
  await tx.outbox.createMany({
    data: change.ids.map((id) => ({
      id: newId(),
      tenantId: change.tenantId,
      contract: 'aggregate-changed',
      payload: changed(change, id),
    })),
  })
}

const changed = (change: { tenantId: string; aggregate: ChangedAggregate; now: Date }, id: string) => ({
  version: 1,
  tenantId: change.tenantId,
  aggregate: change.aggregate,
  id,
  at: change.now.toISOString(),
})

/** Plain data as Prisma wants JSON; what is undefined is left out, as JSON does. */
export const toJson = (value: unknown): Prisma.InputJsonValue =>
  JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue
