import type { ErasureThingKind } from '@lethe/domain'
import type { Tx } from '../../database.js'
import type { ErasureThing } from '../../generated/client.js'
import type { Blobs } from './things.js'

/** Things of a request that are to be deleted and have no receipt yet. */
export const thingsToDelete = (
  tx: Tx,
  input: { tenantId: string; requestId: string; kinds: readonly string[] },
): Promise<ErasureThing[]> =>
  tx.erasureThing.findMany({
    where: {
      tenantId: input.tenantId,
      requestId: input.requestId,
      thing: { in: [...input.kinds] },
      state: 'PLANNED',
      action: { not: 'RETAIN' },
    },
    orderBy: [{ thing: 'asc' }, { refId: 'asc' }],
  })

/**
 * Which of these blobs another row of the tenant still needs, and which row that is, in words. Rows whose own deletion
 * this is do not count: `things` and, where one is erasing, the request.
 */
export async function blobsInUse(
  tx: Tx,
  input: { tenantId: string; requestId?: string; things: readonly ErasureThing[]; digests: readonly string[] },
): Promise<Map<string, string>> {
  const { tenantId, requestId, things } = input
  const digests = [...input.digests]
  const going = (kind: ErasureThingKind) => things.filter(({ thing }) => thing === kind).map(({ refId }) => refId)
  const [packs, uploads, lists, models, requests] = await Promise.all([
    tx.datasetVersion.findMany({ where: { tenantId, packDigest: { in: digests } } }),
    tx.datasetVersion.findMany({
      where: {
        tenantId,
        uploadDigest: { in: digests },
        uploadDestroyedAt: null,
        id: { notIn: going('dataset-upload') },
      },
    }),
    tx.datasetVersion.findMany({
      where: { tenantId, samplesDigest: { in: digests }, id: { notIn: going('sample-list') } },
    }),
    tx.modelVersion.findMany({
      where: {
        tenantId,
        destroyedAt: null,
        id: { notIn: going('model-version') },
        OR: [{ weightsDigest: { in: digests } }, { stateDigest: { in: digests } }],
      },
    }),
    tx.erasureRequest.findMany({
      where: {
        tenantId,
        forgetDigest: { in: digests },
        ...(requestId === undefined ? {} : { id: { not: requestId } }),
        state: { notIn: ['FULFILLED', 'REJECTED', 'WITHDRAWN'] },
      },
    }),
  ])
  const named = (digest: string | null, who: string): [string, string][] =>
    digest !== null && digests.includes(digest) ? [[digest, who]] : []
  return new Map([
    ...packs.flatMap(({ packDigest, id }) => named(packDigest, `dataset version ${id}`)),
    ...uploads.flatMap(({ uploadDigest, id }) => named(uploadDigest, `dataset version ${id}`)),
    ...lists.flatMap(({ samplesDigest, id }) => named(samplesDigest, `dataset version ${id}`)),
    ...models.flatMap(({ weightsDigest, stateDigest, id }) => [
      ...named(weightsDigest, `model version ${id}`),
      ...named(stateDigest, `model version ${id}`),
    ]),
    ...requests.flatMap(({ forgetDigest, number }) => named(forgetDigest, `erasure request ${number}`)),
  ])
}

/** What was found to be gone, or had to stay. */
export interface Deletion {
  readonly thing: ErasureThing
  /** Blobs that are gone. */
  readonly gone: Blobs
  /** Why its bytes stay, in words; null where they are gone. */
  readonly keptFor: string | null
}

/** The rows say what became of each thing, and which evidence proves it. */
export async function markDeleted(
  tx: Tx,
  input: { tenantId: string; deletions: readonly Deletion[]; receiptSeq: bigint; now: Date },
): Promise<void> {
  const { tenantId, deletions, receiptSeq, now } = input
  for (const { thing, keptFor } of deletions) {
    await tx.erasureThing.update({
      where: { tenantId_id: { tenantId, id: thing.id } },
      data: { receiptSeq, ...(keptFor === null ? { state: 'DESTROYED' } : { state: 'RETAINED', basis: keptFor }) },
    })
    const row = { tenantId, id: thing.refId }
    if (thing.thing === 'dataset-upload')
      await tx.datasetVersion.updateMany({
        where: { ...row, uploadDestroyedAt: null },
        data: { uploadDestroyedAt: now },
      })
    if (thing.thing === 'sample-list')
      await tx.datasetVersion.updateMany({ where: row, data: { samplesDigest: null, samplesSize: null } })
    if (thing.thing === 'model-version')
      await tx.modelVersion.updateMany({ where: { ...row, destroyedAt: null }, data: { destroyedAt: now } })
  }
}
