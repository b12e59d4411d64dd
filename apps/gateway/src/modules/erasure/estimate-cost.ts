import { parseExcluded, readTrainings, type ModelVersion as VersionRow, type Tx } from '@lethe/db'
import {
  type MeasuredTraining,
  predictRetraining,
  predictUnlearning,
  type PredictedCost,
  RunCost,
  samplesRead,
  TrainingRecipe,
  UnlearningRecipe,
} from '@lethe/domain'

/** What this model's own history says about how long a method will take; null where it says nothing. */
export interface CostEstimate {
  readonly estimate: PredictedCost | null
  readonly retrainEstimateSeconds: number | null
}

/** What is known of a version before anything is done to it. */
export interface VersionHistory {
  /** Samples that it learned from and that stay. */
  readonly retainCount: number
  /** Samples of the forget set that it learned from. */
  readonly learnedCount: number
  /** Epochs of the training from scratch. */
  readonly epochs: number
  /** Trainings of the model on the device that trained it last. */
  readonly trainings: readonly MeasuredTraining[]
}

export async function readHistory(
  tx: Tx,
  { version, learnedCount }: { version: VersionRow; learnedCount: number },
): Promise<VersionHistory> {
  return {
    retainCount: Math.max(0, (await countTrained(tx, version)) - learnedCount),
    learnedCount,
    epochs: TrainingRecipe.parse(version.recipe).epochs,
    trainings: await readMeasured(tx, version),
  }
}

export function estimateCost(history: VersionHistory, unlearning: UnlearningRecipe): CostEstimate {
  const { retainCount: retain, learnedCount: forget, epochs, trainings } = history
  const read = samplesRead(unlearning, { retain, forget, epochs })
  return {
    estimate: trainings.length === 0 ? null : predictUnlearning(trainings, unlearning.method, read),
    retrainEstimateSeconds: predictRetraining(trainings, retain * epochs)?.wallSeconds ?? null,
  }
}

/**
 * As evidence tells them. A version whose training is not on record, such as one that was brought along, is counted by its
 * rows.
 */
async function readMeasured(tx: Tx, { tenantId, modelId }: VersionRow): Promise<MeasuredTraining[]> {
  const onRecord = new Map(
    (await readTrainings(tx, { tenantId, modelId })).map((training) => [training.modelVersionId, training]),
  )
  const versions = await tx.modelVersion.findMany({
    where: { tenantId, modelId, readyAt: { not: null } },
    orderBy: { number: 'asc' },
  })
  const measured: (MeasuredTraining & { device: string })[] = []
  for (const version of versions) {
    const training = onRecord.get(version.id) ?? (await measureByRows(tx, version))
    if (training !== null) measured.push(training)
  }
  const device = measured.at(-1)?.device
  return measured.filter((training) => training.device === device)
}

async function measureByRows(tx: Tx, version: VersionRow): Promise<(MeasuredTraining & { device: string }) | null> {
  const cost = RunCost.safeParse(version.cost)
  if (!cost.success) return null
  const { wallSeconds, device } = cost.data
  const { epochs } = TrainingRecipe.parse(version.recipe)
  const retain = await countTrained(tx, version)
  const unlearning = UnlearningRecipe.safeParse(version.unlearning)
  if (!unlearning.success) return { fromScratch: true, wallSeconds, samples: retain * epochs, device }
  const { method } = unlearning.data
  const samples = samplesRead(unlearning.data, { retain, forget: 0, epochs })
  return { fromScratch: method === 'retrain', method, wallSeconds, samples, device }
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
      index: { gte: 0 },
      contentId: { notIn: excluded.map(({ contentId }) => contentId) },
    },
  })
}
