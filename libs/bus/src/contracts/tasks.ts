import { AuditPolicy, Digest, RunId, TenantId, TrainingRecipe, TwinPairing, UnlearningRecipe } from '@lethe/domain'
import { z } from 'zod'
import { BlobRef, CheckpointRef } from './blobs.js'

const envelope = { version: z.literal(1), tenantId: TenantId, runId: RunId }

/** Decode an uploaded WebDataset tar into a dataset pack; report duplicates and quarantine what cannot be read. */
export const IngestTask = z.object({
  ...envelope,
  kind: z.literal('ingest'),
  upload: BlobRef,
  /** Edge of the square that every picture is fitted into, pixels. */
  imageSize: z.int().min(8).max(512),
  /** Which samples are twins, of which a coin keeps one out of training; none where missing. */
  twins: TwinPairing.optional(),
})
export type IngestTask = z.infer<typeof IngestTask>

/** Train a model from scratch on the train split of a pack, without the samples of the excluded forget sets. */
export const PretrainTask = z.object({
  ...envelope,
  kind: z.literal('pretrain'),
  pack: BlobRef,
  excluded: z.array(BlobRef),
  recipe: TrainingRecipe,
})
export type PretrainTask = z.infer<typeof PretrainTask>

const learned = {
  /**
   * How many of the samples to forget the parent learned from; the others are held out, of another dataset or forgotten
   * already. Where it is missing, the parent must have learned from each.
   */
  learnedCount: z.int().min(1).optional(),
}

/** Make a checkpoint forget. Blobs in `excluded` and `forget` are forget sets: content ids, one per line, sorted. */
export const UnlearnTask = z.object({
  ...envelope,
  kind: z.literal('unlearn'),
  pack: BlobRef,
  excluded: z.array(BlobRef),
  forget: BlobRef,
  /** Forget sets of other requests, forgotten in the same run. */
  together: z.array(BlobRef).optional(),
  ...learned,
  parent: CheckpointRef,
  recipe: TrainingRecipe,
  unlearning: UnlearningRecipe,
})
export type UnlearnTask = z.infer<typeof UnlearnTask>

/** Audit an unlearned checkpoint against its parent, black box, with other ways of unlearning as references. */
export const AuditTask = z.object({
  ...envelope,
  kind: z.literal('audit'),
  pack: BlobRef,
  excluded: z.array(BlobRef),
  forget: BlobRef,
  /** Forget sets that `after` has forgotten besides: neither forgotten nor retained here. */
  together: z.array(BlobRef).optional(),
  ...learned,
  before: CheckpointRef,
  after: CheckpointRef,
  recipe: TrainingRecipe,
  method: z.string(),
  references: z.array(
    z.object({
      label: z.string(),
      role: z.enum(['baseline', 'retrain']),
      method: z.string(),
      checkpoint: CheckpointRef,
    }),
  ),
  policy: AuditPolicy,
  /** The seed that the pack's twins were dealt by, where they were: its SHA-256 is the commitment on record. */
  twinSeed: Digest.optional(),
})
export type AuditTask = z.infer<typeof AuditTask>

/** Make a pack without the samples of a forget set; every other row stays as it is. */
export const RedactTask = z.object({ ...envelope, kind: z.literal('redact'), pack: BlobRef, forget: BlobRef })
export type RedactTask = z.infer<typeof RedactTask>

export const Task = z.discriminatedUnion('kind', [IngestTask, PretrainTask, UnlearnTask, AuditTask, RedactTask])
export type Task = z.infer<typeof Task>
