import { type ClosureState, ErasureThingKind, type EvidenceEntry, storeOf } from '@lethe/domain'
import type { Tx } from '../../database.js'
import type { ErasureThing } from '../../generated/client.js'
import { announce } from '../../outbox.js'
import { readDescendants } from './read-descendants.js'

/** Rows that went, by the thing that they were. */
export interface DeletedRows {
  readonly thing: ErasureThing
  readonly rows: number
}

/**
 * Deletes a request's samples and forget set from the tenant's rows, for good. The caller holds the request, and has
 * assessed its closure in this transaction: afterwards nothing tells any more what derived from them.
 *
 * @throws Error where a row is still there afterwards: then the transaction must not commit
 */
export async function deleteForgottenRows(
  tx: Tx,
  input: { tenantId: string; requestId: string; things: readonly ErasureThing[]; now: Date },
): Promise<DeletedRows[]> {
  const { tenantId, requestId, things, now } = input
  const deleted: DeletedRows[] = []
  // Samples first: the forget set's rows say which they are.
  const inOrder = [...things].sort((a, b) => Number(b.thing === 'samples') - Number(a.thing === 'samples'))
  for (const thing of inOrder) deleted.push({ thing, rows: await deleteRowsOf(tx, { tenantId, requestId, thing }) })
  const left = await tx.forgetSetSample.count({ where: { tenantId, requestId } })
  const keys = await tx.idempotencyKey.count({ where: { tenantId, resultId: requestId, operation: 'requestErasure' } })
  if (left > 0 || keys > 0) throw new Error('Rows of a forget set are still there after their deletion.')
  await announce(tx, { tenantId, aggregate: 'erasure-request', id: requestId, now })
  return deleted
}

async function deleteRowsOf(
  tx: Tx,
  { tenantId, requestId, thing }: { tenantId: string; requestId: string; thing: ErasureThing },
): Promise<number> {
  switch (thing.thing as ErasureThingKind) {
    case 'samples': {
      const rows = await tx.$executeRaw`
        DELETE FROM sample s USING forget_set_sample f
        WHERE s.tenant_id = ${tenantId}::uuid AND s.dataset_version_id = ${thing.refId}::uuid
          AND f.tenant_id = s.tenant_id AND f.request_id = ${requestId}::uuid AND f.content_id = s.content_id`
      const [left] = await tx.$queryRaw<{ rows: bigint }[]>`
        SELECT count(*) AS rows FROM sample s
        JOIN forget_set_sample f ON f.tenant_id = s.tenant_id AND f.content_id = s.content_id
        WHERE s.tenant_id = ${tenantId}::uuid AND s.dataset_version_id = ${thing.refId}::uuid
          AND f.request_id = ${requestId}::uuid`
      if (left?.rows !== 0n) throw new Error('Samples are still there after their deletion.')
      return rows
    }
    case 'forget-set-rows':
      return (await tx.forgetSetSample.deleteMany({ where: { tenantId, requestId } })).count
    case 'idempotency-keys':
      return (
        await tx.idempotencyKey.deleteMany({ where: { tenantId, resultId: requestId, operation: 'requestErasure' } })
      ).count
    default:
      return 0
  }
}

/**
 * Everything that derived from the forget set with what became of it. Call it before the rows go.
 *
 * @returns null while something is still to be destroyed
 */
export async function settleClosure(
  tx: Tx,
  input: { tenantId: string; requestId: string },
): Promise<readonly ErasureThing[] | null> {
  const { tenantId, requestId } = input
  const descendants = await readDescendants(tx, input)
  if (descendants.some(({ disposition }) => disposition.kind !== 'settled')) return null
  const states = new Map(
    descendants.flatMap(({ version, disposition }) =>
      disposition.kind === 'settled' ? [[version.id, disposition.state] as const] : [],
    ),
  )
  const things = await tx.erasureThing.findMany({ where: { tenantId, requestId, state: 'PLANNED' } })
  for (const thing of things) {
    const state =
      thing.action === 'RETAIN' ? 'RETAINED' : thing.thing === 'model-version' ? states.get(thing.refId) : null
    if (state == null || state === 'DESTROYED') continue
    await tx.erasureThing.update({ where: { tenantId_id: { tenantId, id: thing.id } }, data: { state } })
  }
  return tx.erasureThing.findMany({ where: { tenantId, requestId }, orderBy: [{ thing: 'asc' }, { refId: 'asc' }] })
}

/** The assessment that goes on record just before the request is closed. @throws Error where something has no state yet. */
export function closureEvidence(erasureRequestId: string, things: readonly ErasureThing[]): EvidenceEntry {
  return {
    kind: 'closure-assessed/v1',
    subjects: [],
    erasureRequestId,
    predicate: {
      items: things.map(({ thing, refId, state, basis }) => {
        if (state === 'PLANNED') throw new Error(`${thing} ${refId} is neither erased nor kept for a reason.`)
        return {
          thing,
          id: refId,
          store: storeOf[ErasureThingKind.parse(thing)],
          state: state as ClosureState,
          ...(basis === null ? {} : { basis }),
        }
      }),
    },
  }
}
