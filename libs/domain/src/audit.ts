import { z } from 'zod'
import { Digest } from './ids.js'
import { sha256 } from './sha-256.js'

/** The only four things an audit can say. "Not significant" is none of them. */
export const Verdict = z.enum(['PASS', 'RESIDUAL', 'OVER_FORGOTTEN', 'INCONCLUSIVE'])
export type Verdict = z.infer<typeof Verdict>

/**
 * The battery. A6 and A8 need shadow encoders or weights and come from the provider's engine; A10 to A11 and the retrieval
 * test ask only where an audit has twins or captions; features are asked where the endpoint offers them.
 */
export const AuditTestId = z.enum([
  'A0-endpoint-integrity',
  'A1-forgetting-score',
  'A2-difference-in-differences',
  'A3-alignment-gap',
  'A4-residual-membership',
  'A4-feature-membership',
  'A5-retrain-reference',
  'A6-u-lira',
  'A7-one-run-epsilon',
  'A8-recovery',
  'A9-utility',
  'A9-neighbours',
  'A9-retrieval',
  'A10-randomised-twins',
  'A11-clip-alignment',
  'blind-control',
])
export type AuditTestId = z.infer<typeof AuditTestId>

/** What the audit must show, set by the tenant and frozen with its digest before anything runs. */
export const AuditPolicy = z.object({
  version: z.literal(1),
  /** Level of every test; intervals for equivalence are at 1 − 2α. */
  alpha: z.number().gt(0).lt(0.5).default(0.05),
  /** Equivalence margin around AUC 0.5 of forget against held-out, on the unlearned model. */
  aucMargin: z.number().gt(0).lt(0.5).default(0.1),
  /** Utility (k-NN accuracy on held-out samples) may drop by at most this share. */
  utilityMargin: z.number().gt(0).lt(1).default(0.05),
  minimumPower: z.number().gt(0).lt(1).default(0.8),
  /** V, views per sample. */
  views: z.int().min(2).max(100).default(10),
  /** Resamples of every bootstrap and permutation. */
  resamples: z.int().min(200).max(100_000).default(2000),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(7),
  // The members below came later. They have no default, so that policies on record keep their digests; what is not said
  // here is filled in by `completePolicy`, once, where a policy is registered.
  /** Tests that must be met besides those that every PASS needs. */
  requiredTests: z.array(AuditTestId).max(AuditTestId.options.length).optional(),
  minimumForgetSize: z.int().min(2).max(1_000_000).optional(),
  minimumHeldOutSize: z.int().min(2).max(1_000_000).optional(),
  /** Equivalence margin of the membership test on pooled features. */
  featureAucMargin: z.number().gt(0).lt(0.5).optional(),
  /** Retained neighbours of forgotten pictures may lose this much more of their own neighbours than held-out pictures do. */
  neighbourMargin: z.number().gt(0).lt(1).optional(),
})
export type AuditPolicy = z.infer<typeof AuditPolicy>

/** A policy that leaves nothing to be filled in. */
export const CompletePolicy = AuditPolicy.required({
  requiredTests: true,
  minimumForgetSize: true,
  minimumHeldOutSize: true,
  featureAucMargin: true,
  neighbourMargin: true,
})
export type CompletePolicy = z.infer<typeof CompletePolicy>

/** What a policy says and, where it says nothing, the defaults. Register the result, so that its digest covers them all. */
export const completePolicy = (policy: AuditPolicy): CompletePolicy => ({
  ...policy,
  requiredTests: policy.requiredTests ?? ['A2-difference-in-differences'],
  // Below these the normal approximations behind intervals and power are worth nothing.
  minimumForgetSize: policy.minimumForgetSize ?? 10,
  minimumHeldOutSize: policy.minimumHeldOutSize ?? 20,
  featureAucMargin: policy.featureAucMargin ?? policy.aucMargin,
  neighbourMargin: policy.neighbourMargin ?? 0.1,
})

/** Keys sorted, so that equal policies have equal digests; values are JSON numbers and lists of test ids, in their order. */
export const auditPolicyDigest = (policy: AuditPolicy): Digest =>
  sha256(JSON.stringify(Object.fromEntries(Object.entries(policy).sort(([a], [b]) => (a < b ? -1 : 1)))))

export const Estimate = z.object({
  value: z.number(),
  /** Two-sided interval at the level the measure names; null where none could be computed. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
})
export type Estimate = z.infer<typeof Estimate>

export const AuditTest = z.object({
  id: AuditTestId,
  /** True when the unlearning loss optimises this very quantity: then it shows that a procedure ran, not forgetting. */
  optimisedFor: z.boolean(),
  effect: Estimate,
  p: z.number().min(0).max(1).nullable(),
  power: z.number().min(0).max(1).nullable(),
  outcome: z.enum(['met', 'not-met', 'inconclusive', 'informative']),
  /** One sentence in English; portals translate by id and outcome. */
  detail: z.string(),
  /** Stable code of why it was not met, where one id has several reasons. */
  code: z.string().optional(),
  /** Further figures of the same question, by stable labels. (Evidence refuses members called name.) */
  parts: z.array(z.object({ label: z.string(), effect: Estimate, p: z.number().min(0).max(1).nullable() })).optional(),
})
export type AuditTest = z.infer<typeof AuditTest>

/** What black-box queries say of one model. */
export const ModelMeasures = z.object({
  label: z.string(),
  role: z.enum(['before', 'after', 'baseline', 'retrain']),
  method: z.string().nullable(),
  /** EncoderMI AUC of forget against held-out: 0.5 is what a model that never saw them shows. */
  membershipAuc: Estimate,
  /** Mean over samples of the mean pairwise cosine between V views. */
  alignmentForget: Estimate,
  alignmentHeldOut: Estimate,
  /** EncoderMI's threshold version: share of the forget set that is taken for unseen; absent where it was not asked. */
  emia: Estimate.optional(),
  /** The AUC with pooled features in the place of projections; absent where the endpoint does not offer them. */
  featureMembershipAuc: Estimate.optional(),
  /** k-NN accuracy on held-out samples with retained samples as neighbours; null without labels. */
  knnAccuracy: Estimate.nullable(),
  /** Mean drop of alignment on the forget set, against the model before; null for the model before. */
  forgettingScore: Estimate.nullable(),
  /** Forgetting score on the forget set minus that on held-out samples. */
  differenceInDifferences: Estimate.nullable(),
})
export type ModelMeasures = z.infer<typeof ModelMeasures>

export const Histogram = z.object({
  series: z.enum(['forget-before', 'forget-after', 'held-out-before', 'held-out-after']),
  /** counts[k] falls into [edges[k], edges[k+1]). */
  edges: z.array(z.number()),
  counts: z.array(z.int().min(0)),
})
export type Histogram = z.infer<typeof Histogram>

export const AuditReport = z.object({
  version: z.literal(1),
  verdict: Verdict,
  /** Why, in order of weight; codes are stable, messages are English. */
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
  policy: AuditPolicy,
  policyDigest: Digest,
  sizes: z.object({ forget: z.int(), heldOut: z.int(), retain: z.int() }),
  /** Smallest forget-set size at which the policy's margin has the policy's power with this held-out set. */
  requiredForgetSize: z.int(),
  tests: z.array(AuditTest),
  models: z.array(ModelMeasures).min(2),
  histograms: z.array(Histogram),
  /**
   * Alignment matrices as safetensors, content-addressed: float32 [n, n] named
   * forget.before, forget.after, forget.gap, held-out.before, held-out.after, held-out.gap;
   * where models read texts also forget.texts.* and held-out.texts.*, pictures down and texts across;
   * and float32 [samples] named scores.<role-label>.{forget,held-out}.
   */
  matrices: z.object({ digest: Digest, size: z.int() }),
  /**
   * What was measured, as safetensors, content-addressed: scores per sample and all else that statistics and verdict are
   * computed from, so that anybody can compute this report anew. Absent in reports older than it.
   */
  data: z.object({ digest: Digest, size: z.int() }).optional(),
  /** What this audit does not prove, as stable codes. */
  limits: z.array(z.string()),
  /** The policy with everything filled in, as it was applied. */
  applied: CompletePolicy.optional(),
  /** How views were drawn, for every model alike. The challenge is null where the seed is the policy's. */
  views: z
    .object({
      seed: z.int(),
      epoch: z.int(),
      count: z.int(),
      challenge: z.object({ weightsDigests: z.array(Digest), publicValue: z.string() }).nullable(),
    })
    .optional(),
  /** Pictures that the forget set shares, byte for byte or nearly, with the other sets. */
  overlap: z.object({ heldOut: z.int(), retain: z.int() }).optional(),
  /** Pictures that each model was asked about; those whose answers came from an earlier session apart. */
  asked: z.array(z.object({ role: z.string(), label: z.string(), pictures: z.int(), remembered: z.int() })).optional(),
  /** The coins of randomised twins, revealed: whoever has the pairs can toss them again (`assignTwins`). */
  coins: z.object({ pairs: z.int(), commitment: Digest, seed: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
})
export type AuditReport = z.infer<typeof AuditReport>
