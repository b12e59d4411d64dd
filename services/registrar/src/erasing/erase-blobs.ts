import { blobsInUse, blobsOf, type Deletion, type ErasingRequest, type ErasureThing, thingsToDelete } from '@lethe/db'
import { Digest, type ErasureThingKind } from '@lethe/domain'
import type { RegistrarContext } from '../registrar-context.js'
import { describeBlobs, recordReceipt } from './record-receipt.js'

const kinds: readonly ErasureThingKind[] = [
  'dataset-upload',
  'dataset-pack',
  'sample-list',
  'model-version',
  'forget-set',
]

/**
 * The artifact store: archives, packs, lists, weights and states. Bytes that another row still needs stay, and it is said
 * why. `doomed`: model versions that remember; the others on the list have forgotten and stay.
 */
export async function eraseBlobs(
  context: RegistrarContext,
  erasing: ErasingRequest,
  doomed: readonly string[],
): Promise<void> {
  const client = context.db.forTenant(erasing.tenantId)
  const listed = await thingsToDelete(client, { ...erasing, kinds })
  const things = listed.filter(({ thing, refId }) => thing !== 'model-version' || doomed.includes(refId))
  const digests = things.flatMap((thing) => blobsOf(thing).map(({ digest }) => digest))
  const inUse = await blobsInUse(client, { ...erasing, things, digests })
  const deletions: Deletion[] = []
  for (const thing of things) deletions.push(await eraseThing(context, erasing.tenantId, thing, inUse))
  await recordReceipt(context, erasing, { store: 'artifacts', deletions, describe: describeBlobs })
}

async function eraseThing(
  { artifacts }: RegistrarContext,
  tenantId: string,
  thing: ErasureThing,
  inUse: ReadonlyMap<string, string>,
): Promise<Deletion> {
  const blobs = blobsOf(thing)
  const gone = blobs.filter(({ digest }) => !inUse.has(digest))
  for (const { digest: name } of gone) {
    const digest = Digest.parse(name)
    await artifacts.delete(tenantId, digest)
    if (await artifacts.has(tenantId, digest)) throw new Error('A blob is still there after its deletion.')
  }
  const users = new Set(blobs.flatMap(({ digest }) => inUse.get(digest) ?? []))
  if (users.size === 0) return { thing, gone, keptFor: null }
  return { thing, gone, keptFor: `The same bytes belong to ${[...users].join(', ')}, which needs them.` }
}
