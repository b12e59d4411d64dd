import { parseExcluded, type ModelVersion as VersionRow, type Tx } from '@lethe/db'
import { RunCost, samplesRead, TrainingRecipe, type UnlearningRecipe } from '@lethe/domain'

/** What this model's own history says about how long a method will take; null where it says nothing. */
export interface CostEstimate {
  readonly estimateSeconds: number | null
  readonly retrainEstimateSeconds: number | null
}

export async function estimateCost(
  tx: Tx,
  /** `learnedCount`: samples of the forget set that the version learned from. */
  input: { version: VersionRow; learnedCount: number; unlearning: UnlearningRecipe },
): Promise<CostEstimate> {
  const { version, learnedCount, unlearning } = input
  const trainCount = await countTrained(tx, version)
  const rate = await secondsPerSample(tx, version)
  if (rate === null) return { estimateSeconds: null, retrainEstimateSeconds: null }
  const retainCount = Math.max(0, trainCount - learnedCount)
  const { epochs } = TrainingRecipe.parse(version.recipe)
  return {
    estimateSeconds: rate * samplesRead(unlearning, { retain: retainCount, forget: learnedCount, epochs }),
    retrainEstimateSeconds: rate * retainCount * epochs,
  }
}

/** Measured wall time of one sample in one epoch of the model's newest training from scratch. */
async function secondsPerSample(tx: Tx, version: VersionRow): Promise<number | null> {
  const trained = await tx.modelVersion.findMany({
    where: { modelId: version.modelId, origin: 'pretrain', readyAt: { not: null } },
    orderBy: { number: 'desc' },
  })
  for (const candidate of trained) {
    const cost = RunCost.safeParse(candidate.cost)
    if (!cost.success) continue
    const samples = (await countTrained(tx, candidate)) * TrainingRecipe.parse(candidate.recipe).epochs
    if (samples > 0) return cost.data.wallSeconds / samples
  }
  return null
}

async function countTrained(tx: Tx, version: VersionRow): Promise<number> {
  const digests = parseExcluded(version.excluded).map(({ digest }) => digest)
  const excluded = await tx.forgetSetSample.findMany({
    where: { request: { forgetDigest: { in: digests } } },
    select: { contentId: true },
    distinct: ['contentId'],
  })
  return tx.sample.count({
    where: {
      datasetVersionId: version.datasetVersionId,
      split: 'train',
      contentId: { notIn: excluded.map(({ contentId }) => contentId) },
    },
  })
}
