import {
  type EvidencePredicate,
  type MeasuredTraining,
  predicateIn,
  predictRetraining,
  type RetrainingCost,
  samplesRead,
} from '@lethe/domain'
import type { Tx } from '../database.js'

/** One training of a model as its evidence tells it. */
export interface Training extends MeasuredTraining {
  readonly runId: string
  readonly modelVersionId: string
  readonly device: string
  /** The version that was made to forget, and what; null of a training that began anew. */
  readonly of: { readonly parentId: string; readonly forgetSet: string } | null
  /** Samples of a training from scratch of the same version without the forget set, in all epochs. */
  readonly retrainingSamples: number
}

export function trainingOf(
  predicate: EvidencePredicate<'model-trained/v1'> | EvidencePredicate<'model-unlearned/v1'>,
): Training {
  const { runId, modelVersionId, cost, data } = predicate
  const parameters = predicate.buildDefinition.externalParameters
  const { epochs } = parameters.recipe
  const common = { runId, modelVersionId, device: cost.device, wallSeconds: cost.wallSeconds }
  const retrainingSamples = data.trainCount * epochs
  if (predicate.origin === 'pretrain' || !('unlearning' in parameters))
    return { ...common, of: null, fromScratch: true, samples: retrainingSamples, retrainingSamples }
  return {
    ...common,
    of: { parentId: predicate.parent.modelVersionId, forgetSet: predicate.forgetSetCommitment },
    fromScratch: parameters.unlearning.method === 'retrain',
    method: parameters.unlearning.method,
    samples: samplesRead(parameters.unlearning, { retain: data.trainCount, forget: predicate.forgetCount, epochs }),
    retrainingSamples,
  }
}

/** Trainings of a model that are on record, oldest first. */
export async function readTrainings(tx: Tx, input: { tenantId: string; modelId: string }): Promise<Training[]> {
  const { tenantId, modelId } = input
  const versions = await tx.modelVersion.findMany({ where: { tenantId, modelId }, select: { id: true } })
  const rows = await tx.evidence.findMany({
    where: {
      tenantId,
      kind: { in: ['model-trained/v1', 'model-unlearned/v1'] },
      modelVersions: { hasSome: versions.map(({ id }) => id) },
    },
    orderBy: { seq: 'asc' },
    select: { payload: true },
  })
  const trainings = rows.flatMap(({ payload }) => {
    const predicate = predicateIn('model-trained/v1', payload) ?? predicateIn('model-unlearned/v1', payload)
    return predicate === null ? [] : [trainingOf(predicate)]
  })
  // A run for several requests is on record for each of them.
  return [...new Map(trainings.map((training) => [training.runId, training])).values()]
}

/** What retraining takes beside this training: the truth where somebody retrained, or else from history on the device. */
export function retrainingBeside(history: readonly Training[], training: Training): RetrainingCost {
  const done = history.find(
    ({ fromScratch, of }) =>
      fromScratch && of !== null && of.parentId === training.of?.parentId && of.forgetSet === training.of.forgetSet,
  )
  if (done) return { basis: 'measured', runId: done.runId, wallSeconds: done.wallSeconds }
  const onDevice = history.filter(({ device }) => device === training.device)
  const predicted = predictRetraining(onDevice, training.retrainingSamples)
  return predicted === null ? { basis: 'unknown' } : { basis: 'estimated', ...predicted }
}
