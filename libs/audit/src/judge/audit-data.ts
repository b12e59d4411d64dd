import { AuditPolicy, AuditReport, ModelMeasures, UnlearningRecipe, type UnlearningMethod } from '@lethe/domain'
import { z } from 'zod'

/** One number per sample, in the order of its set. */
const PerSample = z.custom<Float64Array>(
  (value) => value instanceof Float64Array && value.every(Number.isFinite),
  'not finite numbers (float64)',
)

/** Row-major [n, n]. */
const Square = z.custom<Float32Array>(
  (value) => value instanceof Float32Array && Number.isInteger(Math.sqrt(value.length)) && value.every(Number.isFinite),
  'no square matrix of finite numbers (float32)',
)

/** Scores of one model at one moment, the same samples in the same order every time. */
const SetScores = z.object({ forget: PerSample, heldOut: PerSample })
export type SetScores = z.infer<typeof SetScores>

/** What utility is judged by: 1 where a question was answered rightly, 0 elsewhere; the same questions of every model. */
const Correct = z.object({ by: z.enum(['labels', 'views']), values: PerSample })
export type Correct = z.infer<typeof Correct>

/** Alignment Matrices of the first samples of either set, at most MATRIX_LIMIT. */
const Matrices = z.object({ forget: Square, heldOut: Square })

/** What the answers of one model come to: one number per sample and quantity. */
const MeasuredModel = z.object({
  label: z.string(),
  role: ModelMeasures.shape.role,
  method: z.string().nullable(),
  /** a_i: mean cosine over all pairs of views. */
  alignment: SetScores,
  /** Membership scores: the same on Fisher's scale. */
  scores: SetScores,
  /** Membership scores of retained pictures; null where they were not asked. */
  members: PerSample.nullable(),
  /** Scores by quantities that no loss on projections contains. Pooled features leave out held-out pictures that they are seen from. */
  witnesses: z.object({ 'embedding-length': SetScores.optional(), 'pooled-features': SetScores.optional() }),
  /** Of the models before and after. */
  matrices: Matrices.nullable(),
  utility: Correct.nullable(),
})
export type MeasuredModel = z.infer<typeof MeasuredModel>

/** A classifier that saw pixels alone: out-of-fold scores, and its AUC under permuted labels. */
const BlindScores = z.object({ scores: SetScores, permutedAucs: PerSample })
export type BlindScores = z.infer<typeof BlindScores>

/** Per picture the share of its nearest retained pictures that stayed its nearest: of retained pictures beside forgotten ones, and of held-out ones. */
const KeptNeighbours = z.object({ beside: PerSample, heldOut: PerSample })
export type KeptNeighbours = z.infer<typeof KeptNeighbours>

/** Scores of both samples of each pair; a coin committed to before training decided which of them was trained on. */
const TwinScores = z.object({ members: PerSample, twins: PerSample })
export type TwinScores = z.infer<typeof TwinScores>

/** Scores of pictures of which each was trained on or not by a coin of its own. */
const CanaryScores = z.object({ included: PerSample, excluded: PerSample })
export type CanaryScores = z.infer<typeof CanaryScores>

/** Place of each query's partner among all answers, from 1; every picture asks for its text, then every text for its picture. */
const Ranks = z.custom<Int32Array>((value) => value instanceof Int32Array, 'no ranks (int32)')
export type Ranks = z.infer<typeof Ranks>

/** Ranks on pairs that stayed in training and on pairs that no model saw. */
const RetrievalRanks = z.object({ retain: Ranks, heldOut: Ranks })
export type RetrievalRanks = z.infer<typeof RetrievalRanks>

/** What one model says of matched pairs of pictures and texts. */
const PairScores = z.object({
  /** Mean cosine of each picture's views with its own text. */
  alignment: SetScores,
  /** The same on Fisher's scale: membership scores. */
  scores: SetScores,
})
export type PairScores = z.infer<typeof PairScores>

const MeasuredPairs = z.object({ pairs: PairScores, ranks: RetrievalRanks, matrices: Matrices })
export type MeasuredPairs = z.infer<typeof MeasuredPairs>

/** Scores before the first and after each further epoch of fine-tuning on retained data. */
const RecoveryCurve = z.array(SetScores)
export type RecoveryCurve = z.infer<typeof RecoveryCurve>

const RecoveryCurves = z.object({
  /** The model that remembered: what there is to come back. */
  original: SetScores,
  unlearned: RecoveryCurve,
  /** Models that never saw the forget set, fine-tuned alike. */
  retrained: z.array(RecoveryCurve),
})
export type RecoveryCurves = z.infer<typeof RecoveryCurves>

/** One sample's score in the audited model and in shadow models. */
const ShadowedScore = z.object({
  audited: z.number(),
  /** Shadows that were trained on the sample and then unlearned it. */
  unlearned: z.array(z.number()),
  /** Shadows that never saw it. */
  unseen: z.array(z.number()),
})
export type ShadowedScore = z.infer<typeof ShadowedScore>

const ShadowedSets = z.object({ forget: z.array(ShadowedScore), heldOut: z.array(ShadowedScore) })
export type ShadowedSets = z.infer<typeof ShadowedSets>

const MeasuredConsistency = z.object({
  /** Identical questions: largest difference of one number of unit embeddings; 2 where they cannot be compared. */
  repeat: z.number(),
  /** The same among decoys, in another order, and as the audit itself asked. */
  company: z.number(),
  /** Every probe got one embedding. */
  isConstant: z.boolean(),
})
export type MeasuredConsistency = z.infer<typeof MeasuredConsistency>

/** How far the unit embedding of each probe moves where its picture changes a little. */
const MeasuredSmoothness = z.object({
  /** By noise of one 255th. */
  little: SetScores,
  /** By four times that noise. */
  more: SetScores,
  /** By a shift of one pixel. */
  shifted: SetScores,
  /** By JPEG's rounding. */
  rounded: SetScores,
  /** Jumps that stay on ways from forgotten to held-out probes, and from held-out to held-out ones; null where these were not walked. */
  ways: SetScores.nullable(),
})
export type MeasuredSmoothness = z.infer<typeof MeasuredSmoothness>

/** What the probes of one endpoint came to; null is what was not asked, because something had been found before. */
const MeasuredEndpoint = z.object({
  label: z.string(),
  /** Why it could not be asked or its answers not be read. */
  fault: z.object({ code: z.string(), words: z.string() }).nullable(),
  consistency: MeasuredConsistency.nullable(),
  smoothness: MeasuredSmoothness.nullable(),
  /** Distance of each answer to a challenge picture from that of the weights with this digest; null also where none were attested. */
  attested: z.object({ digest: z.string(), distances: PerSample }).nullable(),
})
export type MeasuredEndpoint = z.infer<typeof MeasuredEndpoint>

const onBoth = <Measured extends z.ZodType>(measured: Measured) => z.object({ before: measured, after: measured })

const methods: readonly string[] = UnlearningRecipe.options.map(({ shape }) => shape.method.value)

/**
 * All that the statistics and the verdict of an audit are computed from: no picture, no embedding, no name. What asks endpoints
 * ends here, and what judges begins here, so that whoever holds this can judge again.
 */
export const AuditData = z.object({
  policy: AuditPolicy,
  /** How the model after was made. */
  method: z.custom<UnlearningMethod>((value) => methods.includes(value as string), 'no method of unlearning'),
  sizes: AuditReport.shape.sizes,
  /** The model before, the model after, then those that are shown beside them. */
  models: z.array(MeasuredModel).min(2),
  /** Some answer of the models before and after did not come whole: then what was measured decides nothing. */
  isIncomplete: z.boolean(),
  /** Before is not probed where after fails. */
  endpoints: z.object({ before: MeasuredEndpoint.nullable(), after: MeasuredEndpoint }),
  /** Both models were compared with whoever holds the attested weights. */
  isBound: z.boolean(),
  /** Null where there were too few pictures for it. */
  blind: BlindScores.nullable(),
  /** Null where answers could not be compared. */
  neighbours: KeptNeighbours.nullable(),
  twins: onBoth(TwinScores).nullable(),
  canaries: onBoth(CanaryScores).nullable(),
  /** `defect`: why texts were not answered, in words. */
  texts: onBoth(MeasuredPairs).extend({ defect: z.string().nullable() }).nullable(),
  /** Laboratory tests, measured by whoever holds the weights. */
  recovery: RecoveryCurves.nullable(),
  shadows: ShadowedSets.nullable(),
  overlap: AuditReport.shape.overlap.unwrap(),
  asked: AuditReport.shape.asked.unwrap(),
  views: AuditReport.shape.views.unwrap(),
  coins: AuditReport.shape.coins,
})
export type AuditData = z.infer<typeof AuditData>
