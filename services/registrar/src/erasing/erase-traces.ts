import { eraseResumePoints, isDeployed, readResumePoints, removeDeployment } from '@lethe/bus'
import { blobsInUse, type ErasingRequest, thingsToDelete } from '@lethe/db'
import { Digest } from '@lethe/domain'
import { letGoOfBlob } from '../blobs/let-go-of-blob.js'
import type { RegistrarContext } from '../registrar-context.js'
import { recordReceipt } from './record-receipt.js'

/** The bus: what the embedding service is told to serve, and what interrupted runs would have gone on from. */
export async function eraseTraces(
  context: RegistrarContext,
  erasing: ErasingRequest,
  doomed: readonly string[],
): Promise<void> {
  const client = context.db.forTenant(erasing.tenantId)
  const things = await thingsToDelete(client, { ...erasing, kinds: ['deployments', 'resume-points'] })
  if (things.length === 0) return
  const counts: Readonly<Record<string, number>> = {
    deployments: await eraseDeployments(context, doomed),
    'resume-points': await eraseResumes(context, erasing, doomed),
  }
  await recordReceipt(context, erasing, {
    store: 'bus',
    deletions: things.map((thing) => ({ thing, gone: [], keptFor: null })),
    describe: ({ thing: { thing, refId } }) => [{ thing, id: refId, rows: counts[thing] ?? 0 }],
  })
}

/** Usually the outbox has told the embedding service already. */
async function eraseDeployments({ bus }: RegistrarContext, doomed: readonly string[]): Promise<number> {
  for (const id of doomed) {
    if (await isDeployed(bus, id)) await removeDeployment(bus, id)
    if (await isDeployed(bus, id)) throw new Error('A deployment is still there after its removal.')
  }
  return doomed.length
}

async function eraseResumes(
  context: RegistrarContext,
  { tenantId, requestId }: ErasingRequest,
  doomed: readonly string[],
): Promise<number> {
  const { db, bus, artifacts } = context
  const runs = await db.forTenant(tenantId).run.findMany({
    where: {
      tenantId,
      state: { notIn: ['QUEUED', 'RUNNING'] },
      OR: [{ requestId }, { modelVersionId: { in: [...doomed] } }],
    },
    select: { id: true },
  })
  let erased = 0
  for (const { id } of runs) {
    const saved = await readResumePoints(bus, id)
    // A worker wrote that record: what a row needs is no resume point, whatever it says there.
    const digests = saved.map(({ digest }) => digest)
    const inUse = await blobsInUse(db.forTenant(tenantId), { tenantId, requestId, things: [], digests })
    const erase = async (digest: Digest) => inUse.has(digest) || (await artifacts.delete(tenantId, digest))
    erased += await eraseResumePoints(bus, id, ({ digest }) => erase(digest))
    for (const digest of digests)
      if (!inUse.has(digest) && (await artifacts.has(tenantId, digest)))
        throw new Error('A resume point is still there after its deletion.')
    erased += await eraseLeftBlobs(context, { tenantId, runId: id })
  }
  return erased
}

/** What the run stored and ended without naming: a worker that was cut off could not say so. */
async function eraseLeftBlobs(
  context: RegistrarContext,
  { tenantId, runId }: { tenantId: string; runId: string },
): Promise<number> {
  const left = await context.db.forTenant(tenantId).runBlob.findMany({ where: { tenantId, runId } })
  for (const { digest: name } of left) {
    const digest = Digest.parse(name)
    await letGoOfBlob(context, { tenantId, runId, digest }, () => context.artifacts.delete(tenantId, digest))
  }
  return left.length
}
