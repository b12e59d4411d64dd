import {
  closeErasureRequest,
  closureEvidence,
  deleteForgottenRows,
  type ErasingRequest,
  lockErasureRequest,
  markDeleted,
  settleClosure,
  thingsToDelete,
  type Tx,
} from '@lethe/db'
import type { EvidenceEntry } from '@lethe/domain'
import { recordEvidence } from '../record-evidence.js'
import type { RegistrarContext } from '../registrar-context.js'

/** A dataset's rows go by the thousand. */
const transaction = { maxWait: 30_000, timeout: 300_000 }

/**
 * The database, last: while its rows are there it can be told what derives from the forget set. Closure is assessed, rows
 * go, their receipt and the assessment are recorded, the clock stops and the request is fulfilled; all in one
 * transaction.
 */
export async function finishErasing(context: RegistrarContext, erasing: ErasingRequest): Promise<void> {
  const { tenantId, requestId } = erasing
  await context.db.forTenant(tenantId).$transaction(async (tx) => {
    await lockErasureRequest(tx, tenantId, requestId)
    const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
    if (request.state !== 'ERASING') return
    const now = context.now()
    if ((await settleClosure(tx, erasing)) === null) return
    await eraseRows(tx, erasing, now)
    const things = await settleClosure(tx, erasing)
    if (things === null) throw new Error('Closure changed while rows were deleted.')
    const entries: EvidenceEntry[] = [closureEvidence(requestId, things)]
    const closed = await closeErasureRequest(tx, { tenantId, requestId, to: 'FULFILLED', now })
    await recordEvidence(tx, { tenantId, entries: [...entries, ...closed.evidence], now })
  }, transaction)
}

async function eraseRows(tx: Tx, erasing: ErasingRequest, now: Date): Promise<void> {
  const { tenantId, requestId } = erasing
  const kinds = ['samples', 'forget-set-rows', 'idempotency-keys'] as const
  const things = await thingsToDelete(tx, { ...erasing, kinds })
  const deleted = await deleteForgottenRows(tx, { ...erasing, things, now })
  const receipt: EvidenceEntry = {
    kind: 'data-deleted/v1',
    subjects: [],
    erasureRequestId: requestId,
    predicate: {
      store: 'database',
      things: deleted.map(({ thing, rows }) => ({ thing: thing.thing, id: thing.refId, rows })),
      verifiedAbsent: true,
    },
  }
  const [seq] = await recordEvidence(tx, { tenantId, entries: [receipt], now })
  if (seq === undefined) throw new Error('The receipt has no number.')
  const deletions = deleted.map(({ thing }) => ({ thing, gone: [], keptFor: null }))
  await markDeleted(tx, { tenantId, deletions, receiptSeq: seq, now })
}
