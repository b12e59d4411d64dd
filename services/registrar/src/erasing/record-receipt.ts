import { type Deletion, type ErasingRequest, lockErasureRequest, markDeleted, thingsToDelete } from '@lethe/db'
import type { ErasureStore, EvidencePredicate } from '@lethe/domain'
import { recordEvidence } from '../record-evidence.js'
import type { RegistrarContext } from '../registrar-context.js'

type DeletedThing = EvidencePredicate<'data-deleted/v1'>['things'][number]

/**
 * The receipt of one store, on record with what the rows say of its things, after all of them were looked for and not
 * found. What stays because another row needs it is not in it. Recorded once, whoever deleted.
 */
export async function recordReceipt(
  context: RegistrarContext,
  erasing: ErasingRequest,
  input: { store: ErasureStore; deletions: readonly Deletion[]; describe: (deletion: Deletion) => DeletedThing[] },
): Promise<void> {
  const { tenantId, requestId } = erasing
  await context.db.forTenant(tenantId).$transaction(async (tx) => {
    await lockErasureRequest(tx, tenantId, requestId)
    const kinds = input.deletions.map(({ thing }) => thing.thing)
    const open = new Set((await thingsToDelete(tx, { ...erasing, kinds })).map(({ id }) => id))
    const deletions = input.deletions.filter(({ thing }) => open.has(thing.id))
    const request = await tx.erasureRequest.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: requestId } } })
    if (deletions.length === 0 || request.state !== 'ERASING') return
    const now = context.now()
    const receipt = {
      kind: 'data-deleted/v1',
      subjects: [],
      erasureRequestId: requestId,
      predicate: { store: input.store, things: deletions.flatMap(input.describe), verifiedAbsent: true },
    } as const
    const [seq] = await recordEvidence(tx, { tenantId, entries: [receipt], now })
    if (seq === undefined) throw new Error('The receipt has no number.')
    await markDeleted(tx, { tenantId, deletions, receiptSeq: seq, now })
  })
}

/** Of a bulk file or of weights, each with its digest; a forget set is a hash of somebody's pictures and has none. */
export const describeBlobs = ({ thing: { thing, refId: id }, gone, keptFor }: Deletion): DeletedThing[] =>
  gone.length === 0 && keptFor === null
    ? [{ thing, id, bytes: 0 }]
    : gone.map(({ digest, size }) => ({ thing, id, ...(thing === 'forget-set' ? {} : { digest }), bytes: size }))
