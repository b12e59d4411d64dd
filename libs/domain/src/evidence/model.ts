import { z } from 'zod'
import { TrainingRecipe, UnlearningRecipe } from '../recipe/index.js'
import { RunCost, RunKind } from '../run.js'
import { Code, Commitment, Count, Instant, Ordinal, ResourceDescriptor, Seconds, Sha256, Uuid } from './parts.js'

/** SLSA provenance v1, buildType: how externalParameters are read and what the build does. */
export const buildTypes = {
  pretrain: 'https://lethe.dev/build/pretrain/v1',
  unlearn: 'https://lethe.dev/build/unlearn/v1',
} as const

/** SLSA provenance v1, builder.id: the compute service of this platform. */
export const BUILDER_ID = 'https://lethe.dev/builder/compute/v1' as const

/** Forget sets that a version has not learned from or has forgotten, oldest first: salted commitments. */
const excluded = z.array(Commitment)

const provenance = <Type extends string, Parameters extends z.ZodType>(
  buildType: Type,
  externalParameters: Parameters,
) => ({
  /** SLSA provenance v1: what was asked for, and of what it was made. */
  buildDefinition: z.strictObject({
    buildType: z.literal(buildType),
    externalParameters,
    internalParameters: z.strictObject({ backend: z.string(), device: z.string(), platform: z.string() }),
    /** The pack, and of an unlearning the parent's weights and state. */
    resolvedDependencies: z.array(ResourceDescriptor),
  }),
  /** SLSA provenance v1: who ran it, and when. */
  runDetails: z.strictObject({
    builder: z.strictObject({ id: z.literal(BUILDER_ID), version: z.record(z.string(), z.string()) }),
    metadata: z.strictObject({ invocationId: Uuid, startedOn: Instant, finishedOn: Instant }),
    /** The curve of the training, as RFC 8785 of { curve: [{ epoch, loss, … }] }. */
    byproducts: z.array(ResourceDescriptor),
  }),
})

const version = {
  modelId: Uuid,
  modelVersionId: Uuid,
  number: Ordinal,
  runId: Uuid,
  data: z.strictObject({ datasetVersionId: Uuid, packDigest: Sha256, trainCount: Count }),
  excluded,
  cost: RunCost,
}

export const ModelTrained = z.strictObject({
  ...version,
  origin: z.literal('pretrain'),
  ...provenance(buildTypes.pretrain, z.strictObject({ recipe: TrainingRecipe, excluded })),
})

export const ModelUnlearned = z.strictObject({
  ...version,
  /** A comparison is a baseline that is kept for the audit and never serves. */
  origin: z.enum(['unlearn', 'comparison']),
  parent: z.strictObject({ modelVersionId: Uuid, weightsDigest: Sha256 }),
  method: z.string().min(1),
  forgetSetCommitment: Commitment,
  /** Samples that were forgotten in this run, those of `together` among them. */
  forgetCount: Count,
  /** Samples that stay although they resemble a forgotten one; missing where nobody looked. */
  resemblingCount: Count.optional(),
  ...provenance(
    buildTypes.unlearn,
    z.strictObject({ recipe: TrainingRecipe, unlearning: UnlearningRecipe, excluded, forgetSet: Commitment }),
  ),
  /** Sets of other requests that were forgotten in the same run. */
  together: z.array(Commitment).optional(),
})

/** What serves from now on; null: nothing. */
export const ModelPromoted = z.strictObject({
  modelId: Uuid,
  modelVersionId: Uuid.nullable(),
  replaces: Uuid.nullable(),
  decidedBy: z.enum(['policy', 'person']),
})

export const RunEnded = z.strictObject({
  runId: Uuid,
  kind: RunKind,
  outcome: z.enum(['failed', 'cancelled']),
  code: Code,
  attempt: Ordinal,
})

/** What retraining the same version without the forget set takes. */
export const RetrainingCost = z.discriminatedUnion('basis', [
  /** It was done: the truth. */
  z.strictObject({ basis: z.literal('measured'), runId: Uuid, wallSeconds: Seconds }),
  /** From this model's own trainings on the same device. */
  z.strictObject({
    basis: z.literal('estimated'),
    wallSeconds: Seconds,
    /** Two-sided prediction interval for one more training; null while one training alone is known. */
    interval: z.tuple([Seconds, Seconds]).nullable(),
    level: z.number().gt(0).lt(1),
    trainings: Ordinal,
  }),
  /** Nothing was trained on this device yet. */
  z.strictObject({ basis: z.literal('unknown') }),
])
export type RetrainingCost = z.infer<typeof RetrainingCost>

export const CostRecorded = z.strictObject({
  runId: Uuid,
  kind: RunKind,
  modelVersionId: Uuid.nullable(),
  outcome: z.enum(['succeeded', 'failed', 'cancelled']),
  attempt: Ordinal,
  /** Measured, never allocated; of a run that did not succeed only the time of its last attempt is known. */
  measured: RunCost.partial({ cpuSeconds: true, peakMemoryBytes: true, device: true }),
  /** Null for a run that no retraining stands beside. */
  retraining: RetrainingCost.nullable(),
  /** Wall time as a share of retraining's; null where that is unknown. */
  shareOfRetraining: z.number().min(0).nullable(),
  /** True where an earlier entry of the same run had to estimate what has been measured since. */
  replacesEstimate: z.boolean(),
})
