import { type BlobAuthority, digestsIn, type GrantHolder, grantOver, notGranted } from '@lethe/artifacts'
import { readDeployment } from '@lethe/bus'
import { announceRunBlob, type Run } from '@lethe/db'
import { type Digest, DomainError, isSettled, type RunState } from '@lethe/domain'
import type { RegistrarContext } from '../registrar-context.js'
import { letGoOfBlob, patient } from './let-go-of-blob.js'

/** What a run may have put without its result naming it: two or three resume points, and all that an ingest makes. */
const maxOwn = 64

/**
 * Rights as they are now. A run that is not over reads what its task names and what it put; it puts, and deletes what is its
 * own. A run that is over deletes what is still its own, and nothing else is left to it. A deployment reads its weights.
 */
export function blobAuthority(context: RegistrarContext): BlobAuthority {
  const { db, bus } = context
  return {
    async get(holder, digest) {
      if (holder.kind === 'deployment') {
        const deployment = await readDeployment(bus, holder.id)
        if (deployment?.tenantId !== holder.tenantId) throw grantOver()
        if (deployment.weights.digest !== digest) throw notGranted()
        return
      }
      const { task } = await readLiveRun(context, holder)
      if (!digestsIn(task).includes(digest) && !(await owns(context, holder, digest))) throw notGranted()
    },
    async put(holder, { digest, size }, keep) {
      if (holder.kind !== 'run') throw notGranted()
      await readLiveRun(context, holder)
      const { tenantId, id: runId } = holder
      const client = db.forTenant(tenantId)
      if ((await client.runBlob.count({ where: { tenantId, runId, digest: { not: digest } } })) >= maxOwn)
        throw new DomainError(
          'BLOBS_TOO_MANY',
          `A run has at most ${maxOwn} blobs that nothing names; delete some first.`,
        )
      const isThere = () => context.artifacts.has(tenantId, digest)
      const isOwn = await client.$transaction(
        (tx) => announceRunBlob(tx, { tenantId, runId, digest, size, isThere, now: context.now() }),
        patient,
      )
      await keep()
      if (!isOwn || (await owns(context, holder, digest))) return
      // The run ended meanwhile and was cleared up after: nobody would ever delete what came too late.
      await context.artifacts.delete(tenantId, digest)
      throw grantOver()
    },
    async delete(holder, digest, erase) {
      if (holder.kind !== 'run') throw notGranted()
      const { tenantId, id: runId } = holder
      if (await letGoOfBlob(context, { tenantId, runId, digest }, erase)) return true
      if (await context.artifacts.has(tenantId, digest)) throw notGranted()
      return false
    },
  }
}

async function readLiveRun({ db }: RegistrarContext, { tenantId, id }: GrantHolder): Promise<Pick<Run, 'task'>> {
  const run = await db.forTenant(tenantId).run.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: { state: true, task: true },
  })
  if (!run || isSettled(run.state as RunState)) throw grantOver()
  return run
}

const owns = async ({ db }: RegistrarContext, { tenantId, id: runId }: GrantHolder, digest: Digest): Promise<boolean> =>
  (await db.forTenant(tenantId).runBlob.count({ where: { tenantId, runId, digest } })) > 0
