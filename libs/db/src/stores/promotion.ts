import { TrainingRecipe, type EvidenceEntry } from '@lethe/domain'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'
import type { ModelVersion } from '../generated/client.js'
import { newId } from '../new-id.js'
import { announce, enqueueOutbox } from '../outbox.js'
import { learnedForgetSets } from './lineage.js'

/**
 * Lets a version serve: the version that served before is retired, and the embedding service is told of both.
 * A version that has learned what an erasure request had forgotten is refused, however it came to be; so is one that
 * was made to forget, until its audit has passed.
 *
 * @param input.decidedBy user id, or "policy" when an audit's PASS decided
 * @returns evidence to be recorded in the same transaction
 * @throws DomainError NOT_FOUND, NOT_PROMOTABLE, NOT_AUDITED, FORGOTTEN_DATA
 */
export async function promoteModelVersion(
  tx: Tx,
  input: { tenantId: string; modelVersionId: string; decidedBy: string; now: Date },
): Promise<{ evidence: EvidenceEntry[] }> {
  const { tenantId, modelVersionId, decidedBy, now } = input
  const found = await tx.modelVersion.findUnique({ where: { tenantId_id: { tenantId, id: modelVersionId } } })
  if (!found) throw databaseError('NOT_FOUND', 'There is no such model version.', 'modelVersionId')
  await tx.$queryRaw`SELECT 1 FROM model WHERE tenant_id = ${tenantId}::uuid AND id = ${found.modelId}::uuid FOR UPDATE`
  const version = await tx.modelVersion.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: modelVersionId } },
    include: { dataset: { select: { imageSize: true } } },
  })
  if (version.state !== 'READY' || version.origin === 'comparison' || version.weightsDigest === null)
    throw databaseError(
      'NOT_PROMOTABLE',
      version.origin === 'comparison'
        ? 'A baseline that is kept for comparison never serves.'
        : version.destroyedAt === null
          ? `Only a version that is READY can be promoted; this one is ${version.state}.`
          : 'The weights of this version were destroyed by an erasure; it never serves again.',
      'modelVersionId',
    )
  if (version.origin === 'unlearn' && !(await hasPassed(tx, tenantId, version.id)))
    throw databaseError(
      'NOT_AUDITED',
      'A version that was made to forget serves only once its audit has passed; wait for the verdict.',
      'modelVersionId',
    )
  const remembered = await learnedForgetSets(tx, { tenantId, version, states: ['ERASING', 'FULFILLED'] })
  if (remembered.length > 0)
    throw databaseError(
      'FORGOTTEN_DATA',
      `This version learned from data that request ${remembered.map((set) => set.requestNumber).join(', ')} had forgotten; train or unlearn anew.`,
      'modelVersionId',
    )
  const served = await tx.modelVersion.findFirst({ where: { tenantId, modelId: version.modelId, state: 'PRODUCTION' } })
  if (served) await withdraw(tx, served)
  await tx.modelVersion.update({ where: { tenantId_id: { tenantId, id: version.id } }, data: { state: 'PRODUCTION' } })
  await tx.model.update({
    where: { tenantId_id: { tenantId, id: version.modelId } },
    data: { productionVersionId: version.id },
  })
  await tx.promotion.create({
    data: { id: newId(), tenantId, modelId: version.modelId, modelVersionId: version.id, decidedBy, at: now },
  })
  await enqueueOutbox(tx, {
    tenantId,
    contract: 'deployment',
    payload: {
      action: 'put',
      deployment: {
        version: 1,
        tenantId,
        modelId: version.modelId,
        modelVersionId: version.id,
        weights: { digest: version.weightsDigest, size: Number(version.weightsSize) },
        imageSize: version.dataset.imageSize,
        views: TrainingRecipe.safeParse(version.recipe).data?.views,
      },
    },
  })
  await announce(tx, { tenantId, aggregate: 'model', id: version.modelId, now })
  return { evidence: [promotionEvidence(version.modelId, { serves: version, replaces: served, decidedBy })] }
}

const hasPassed = async (tx: Tx, tenantId: string, afterVersionId: string): Promise<boolean> =>
  (await tx.audit.count({ where: { tenantId, afterVersionId, verdict: 'PASS' } })) > 0

/**
 * Takes a version out of service for good; it stays on record as the parent that an audit compares with.
 *
 * @param input.decidedBy user id, or "policy"
 * @returns evidence to be recorded in the same transaction: none unless the version served
 */
export async function retireModelVersion(
  tx: Tx,
  input: { tenantId: string; modelVersionId: string; decidedBy: string; now: Date },
): Promise<{ evidence: EvidenceEntry[] }> {
  const { tenantId, modelVersionId, decidedBy, now } = input
  const version = await tx.modelVersion.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: modelVersionId } } })
  if (version.state !== 'READY' && version.state !== 'PRODUCTION') return { evidence: [] }
  await withdraw(tx, version)
  await announce(tx, { tenantId, aggregate: 'model', id: version.modelId, now })
  if (version.state !== 'PRODUCTION') return { evidence: [] }
  await tx.promotion.create({
    data: { id: newId(), tenantId, modelId: version.modelId, modelVersionId: null, decidedBy, at: now },
  })
  return { evidence: [promotionEvidence(version.modelId, { serves: null, replaces: version, decidedBy })] }
}

/** The version is retired, and the embedding service told if it served. */
async function withdraw(tx: Tx, version: ModelVersion): Promise<void> {
  const { tenantId, id, modelId } = version
  await tx.modelVersion.update({ where: { tenantId_id: { tenantId, id } }, data: { state: 'RETIRED' } })
  if (version.state !== 'PRODUCTION') return
  await tx.model.update({ where: { tenantId_id: { tenantId, id: modelId } }, data: { productionVersionId: null } })
  await enqueueOutbox(tx, {
    tenantId,
    contract: 'deployment',
    payload: { action: 'remove', tenantId, modelId, modelVersionId: id },
  })
}

type Weighed = Pick<ModelVersion, 'id' | 'weightsDigest'>

/** Whoever asks about either version finds the entry: both are its subjects. */
const promotionEvidence = (
  modelId: string,
  change: { serves: Weighed | null; replaces: Weighed | null; decidedBy: string },
): EvidenceEntry => ({
  kind: 'model-promoted/v1',
  subjects: [change.serves, change.replaces].flatMap((version) =>
    version === null || version.weightsDigest === null
      ? []
      : [{ name: `model-version/${version.id}`, digest: { sha256: version.weightsDigest } }],
  ),
  predicate: {
    modelId,
    modelVersionId: change.serves?.id ?? null,
    replaces: change.replaces?.id ?? null,
    decidedBy: change.decidedBy === 'policy' ? 'policy' : 'person',
  },
})
