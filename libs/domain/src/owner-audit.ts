import { z } from 'zod'
import { AuditPolicy, AuditReport } from './audit.js'
import { Digest } from './ids.js'
import { ViewConfig } from './recipe/training-recipe.js'

const Representation = z.enum(['projection', 'features'])

export const OwnerEndpoint = z.object({
  /** Without user, password, query and fragment. */
  url: z.string().max(2048),
  /** What the endpoint says of itself; null where it says nothing. */
  weightsDigest: Digest.nullable(),
  /** What was asked about membership. */
  representation: Representation,
  dimension: z.int().min(1),
})
export type OwnerEndpoint = z.infer<typeof OwnerEndpoint>

export const OwnerPictures = z.object({
  count: z.int().min(0),
  /** SHA-256 of a secret salt and the sorted content ids: names no picture, and can be opened by whoever has the salt. */
  commitment: Digest,
  /** Files that were no pictures, or were there twice. */
  leftOut: z.int().min(0),
})
export type OwnerPictures = z.infer<typeof OwnerPictures>

/** What was fixed before the first question was asked. */
export const OwnerAuditPlan = z.object({
  version: z.literal(1),
  kit: z.string().max(64),
  plannedAt: z.iso.datetime(),
  /** The model after is not known yet when the model before is asked while it still serves. */
  endpoints: z.object({ before: OwnerEndpoint, after: OwnerEndpoint.nullable() }),
  pictures: z.object({ forget: OwnerPictures, heldOut: OwnerPictures, retain: OwnerPictures.nullable() }),
  imageSize: z.int().min(1),
  views: ViewConfig,
  /** How the model after was made, as the owner was told; Alignment Calibration, the least favourable, where nothing was said. */
  method: z.string(),
  policy: AuditPolicy,
  /** A public value that nobody knew when the weights were stated: the views' seed is derived from it. Null: the policy's seed. */
  challenge: z.string().min(1).max(256).nullable(),
})
export type OwnerAuditPlan = z.infer<typeof OwnerAuditPlan>

/** The result of an audit that a data owner ran: the plan, the report, and digests of all that it rests on. */
export const OwnerAuditResult = z.object({
  version: z.literal(1),
  madeAt: z.iso.datetime(),
  plan: OwnerAuditPlan,
  planDigest: Digest,
  endpoints: z.object({ before: OwnerEndpoint, after: OwnerEndpoint }),
  /** Of every answer, as the kit keeps them. */
  answers: z.object({ count: z.int().min(0), digest: Digest }),
  report: AuditReport,
})
export type OwnerAuditResult = z.infer<typeof OwnerAuditResult>
