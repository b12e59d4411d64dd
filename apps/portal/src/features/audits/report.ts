import { z } from 'zod'

// The parts of an audit report that are shown. Unknown members pass; missing ones make the report unreadable, and the
// screen then says so instead of guessing.

export const Estimate = z.object({ value: z.number(), interval: z.tuple([z.number(), z.number()]).nullable() })
export type Estimate = z.infer<typeof Estimate>

const Test = z.object({
  id: z.string(),
  optimisedFor: z.boolean(),
  effect: Estimate,
  p: z.number().nullable(),
  power: z.number().nullable(),
  outcome: z.enum(['met', 'not-met', 'inconclusive', 'informative']),
  detail: z.string(),
})
export type AuditTest = z.infer<typeof Test>

const Measures = z.object({
  label: z.string(),
  role: z.enum(['before', 'after', 'baseline', 'retrain']),
  method: z.string().nullable(),
  membershipAuc: Estimate,
  alignmentForget: Estimate,
  alignmentHeldOut: Estimate,
  knnAccuracy: Estimate.nullable(),
  forgettingScore: Estimate.nullable(),
  differenceInDifferences: Estimate.nullable(),
})
export type ModelMeasures = z.infer<typeof Measures>

const Histogram = z.object({
  series: z.enum(['forget-before', 'forget-after', 'held-out-before', 'held-out-after']),
  edges: z.array(z.number()),
  counts: z.array(z.number()),
})
export type Histogram = z.infer<typeof Histogram>

export const AuditReport = z.object({
  version: z.literal(1),
  verdict: z.enum(['PASS', 'RESIDUAL', 'OVER_FORGOTTEN', 'INCONCLUSIVE']),
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
  policy: z.object({
    alpha: z.number(),
    aucMargin: z.number(),
    utilityMargin: z.number(),
    minimumPower: z.number(),
    views: z.number(),
    resamples: z.number(),
    seed: z.number(),
  }),
  policyDigest: z.string(),
  sizes: z.object({ forget: z.number(), heldOut: z.number(), retain: z.number() }),
  requiredForgetSize: z.number(),
  tests: z.array(Test),
  models: z.array(Measures),
  histograms: z.array(Histogram),
  matrices: z.object({ digest: z.string(), size: z.number() }),
  limits: z.array(z.string()),
})
export type AuditReport = z.infer<typeof AuditReport>
