import { AuditReport, ContentId, Provenance, RunCost, RunId, RunKind, TenantId, TwinCommitment } from '@lethe/domain'
import { z } from 'zod'
import { BlobRef, CheckpointRef } from './blobs.js'

/** Text that PostgreSQL can keep: without NUL and halves of surrogate pairs. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0\p{Surrogate}]*$/u, 'holds a character that cannot be stored')

/** One accepted sample of a pack; `index` is its row in the pack. */
export const IngestedSample = z.object({
  index: z.int().min(0),
  contentId: ContentId,
  /** File name stem inside the upload. */
  key: text(512),
  label: text(512),
  group: text(128).nullable(),
  /** Key by which the tenant knows the data owner; stays in tenant tables. */
  owner: text(256),
  /** `twin`: of two twins the one that a coin kept out of training. */
  split: z.enum(['train', 'calibration', 'held-out', 'twin']),
  /** Content id of the accepted sample that this one resembles perceptually, if any. */
  nearDuplicateOf: ContentId.nullable(),
  /** Perceptual hash: base64 of lookBytes of @lethe/domain. */
  look: z.base64().length(268).optional(),
})
export type IngestedSample = z.infer<typeof IngestedSample>

export const QuarantinedSample = z.object({ key: text(512), reason: text(500) })

export const IngestOutput = z.object({
  kind: z.literal('ingest'),
  pack: BlobRef,
  /** JSON Lines of IngestedSample, gzip-free, as a blob: a dataset may have more samples than a message holds. */
  samples: BlobRef,
  sampleCount: z.int().min(0),
  exactDuplicates: z.int().min(0),
  nearDuplicates: z.int().min(0),
  quarantined: z.array(QuarantinedSample).max(1000),
  quarantinedCount: z.int().min(0),
  /** The coins of twins that were committed to; the seed is the blob of this digest. */
  twins: TwinCommitment.nullable().optional(),
})
export type IngestOutput = z.infer<typeof IngestOutput>

export const CurvePoint = z.object({
  epoch: z.int(),
  loss: z.number(),
  /** Accuracies on the held-out split, where the epoch was evaluated. */
  knnAccuracy: z.number().min(0).max(1).optional(),
  probeAccuracy: z.number().min(0).max(1).optional(),
})

const training = {
  checkpoint: CheckpointRef,
  curve: z.array(CurvePoint).max(10_000),
  trainCount: z.int(),
  provenance: Provenance,
}
export const PretrainOutput = z.object({ kind: z.literal('pretrain'), ...training })
export type PretrainOutput = z.infer<typeof PretrainOutput>
export const UnlearnOutput = z.object({
  kind: z.literal('unlearn'),
  ...training,
  forgetCount: z.int(),
  /** Samples that stay although they resemble a forgotten one; missing where nobody looked. */
  resemblingCount: z.int().min(0).optional(),
})
export type UnlearnOutput = z.infer<typeof UnlearnOutput>
export const AuditOutput = z.object({ kind: z.literal('audit'), report: AuditReport, provenance: Provenance })
export type AuditOutput = z.infer<typeof AuditOutput>

export const RedactOutput = z.object({
  kind: z.literal('redact'),
  /** Null where no sample was left: there is no pack of nothing. */
  pack: BlobRef.nullable(),
  removed: z.int().min(1),
  remaining: z.int().min(0),
})
export type RedactOutput = z.infer<typeof RedactOutput>

export const RunOutput = z.discriminatedUnion('kind', [
  IngestOutput,
  PretrainOutput,
  UnlearnOutput,
  AuditOutput,
  RedactOutput,
])
export type RunOutput = z.infer<typeof RunOutput>

const envelope = {
  version: z.literal(1),
  tenantId: TenantId,
  runId: RunId,
  runKind: RunKind,
  attempt: z.int().min(1),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
}

/** The end of a run. Its message id is deterministic (`<runId>:result`), so that a second attempt cannot end it twice. */
export const RunResult = z.discriminatedUnion('outcome', [
  z.object({
    ...envelope,
    outcome: z.literal('succeeded'),
    output: RunOutput,
    cost: RunCost,
  }),
  z.object({
    ...envelope,
    outcome: z.literal('failed'),
    error: z.object({
      code: z.string(),
      message: z.string(),
      field: z.string().optional(),
      /** Of training that stopped being finite: the checkpoint of its last whole epoch. */
      lastGood: CheckpointRef.optional(),
    }),
  }),
  z.object({ ...envelope, outcome: z.literal('cancelled') }),
])
export type RunResult = z.infer<typeof RunResult>
