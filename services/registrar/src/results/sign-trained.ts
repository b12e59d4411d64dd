import type { RunResult } from '@lethe/bus'
import { type Digest, isSettled, type RunState } from '@lethe/domain'
import { signModel, versionManifest } from '@lethe/ledger'
import type { RegistrarContext } from '../registrar-context.js'

/**
 * Signs the files of a version that was trained, by their digests, and stores the signature; before the transaction
 * begins, so that no lock waits for the store. Where the result is then not taken in, nothing names the blob.
 *
 * @returns null when the result is no training, its run names no version, or it was taken in before
 */
export async function signTrained(context: RegistrarContext, result: RunResult): Promise<Digest | null> {
  if (result.outcome !== 'succeeded' || (result.output.kind !== 'pretrain' && result.output.kind !== 'unlearn'))
    return null
  const { tenantId, runId } = result
  const run = await context.db
    .forTenant(tenantId)
    .run.findUnique({ where: { tenantId_id: { tenantId, id: runId } }, select: { modelVersionId: true, state: true } })
  if (run?.modelVersionId == null || isSettled(run.state as RunState)) return null
  const { weights, state } = result.output.checkpoint
  const manifest = versionManifest({ id: run.modelVersionId, weights: weights.digest, state: state.digest })
  const { digest } = await context.artifacts.put(tenantId, Buffer.from(signModel(manifest, context.modelSigner)))
  return digest
}
