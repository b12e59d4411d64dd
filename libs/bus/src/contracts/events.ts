import { Progress, RunId, RunKind, TenantId, ViewConfig } from '@lethe/domain'
import { z } from 'zod'

/** What a worker says while it works. Replayable; the newest of each run is also kept on its row. */
export const RunProgressed = z.object({
  version: z.literal(1),
  tenantId: TenantId,
  runId: RunId,
  runKind: RunKind,
  attempt: z.int().min(1),
  worker: z.string().max(128),
  device: z.string().max(128),
  at: z.iso.datetime(),
  progress: Progress,
})
export type RunProgressed = z.infer<typeof RunProgressed>

/** Something durable changed; readers fetch the new state. Sent through the outbox, so it is never ahead of the row. */
export const AggregateChanged = z.object({
  version: z.literal(1),
  tenantId: TenantId,
  aggregate: z.enum(['dataset', 'model', 'erasure-request', 'run', 'audit', 'evidence']),
  id: z.string(),
  at: z.iso.datetime(),
})
export type AggregateChanged = z.infer<typeof AggregateChanged>

/** What the embedding service serves: one entry per deployed model version, in a key-value bucket. */
export const Deployment = z.object({
  version: z.literal(1),
  tenantId: TenantId,
  modelId: z.uuid(),
  modelVersionId: z.uuid(),
  weights: z.object({ digest: z.string(), size: z.int() }),
  imageSize: z.int(),
  /** How views were drawn in training, so that an audit from outside draws alike; absent where it is not known. */
  views: ViewConfig.optional(),
})
export type Deployment = z.infer<typeof Deployment>

/** With what is shown to get at the weights. */
export const GrantedDeployment = Deployment.extend({ grant: z.string().min(1) })
export type GrantedDeployment = z.infer<typeof GrantedDeployment>
