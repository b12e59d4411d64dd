import type {
  AuditPolicy,
  AuditReport,
  Digest,
  ModelMeasures,
  PackedImages,
  Progress,
  UnlearningMethod,
} from '@lethe/domain'
import type { Challenge } from './challenge.js'
import type { AnswerStore } from './endpoint/answer-store.js'
import type { RecoveryCurves, ShadowedSets } from './judge/audit-data.js'
import type { Recomputed } from './judge/recompute-report.js'
import type { EmbedTexts } from './probe/text-embeddings.js'

/** The black box: pictures [n, height, width, channels] as floats in [0, 1] → embeddings [n, d], row by row. */
export type Embed = (images: Float32Array) => Promise<Float32Array>

/** A model as its users see it. */
export interface AuditedModel {
  readonly label: string
  readonly role: ModelMeasures['role']
  readonly method: UnlearningMethod | null
  /** What is asked about membership: the projection, where training left its trace. */
  readonly embed: Embed
  /** What utility is judged by, where the endpoint offers it: pooled features. `embed` otherwise. */
  readonly embedFeatures?: Embed | undefined
  /** Of a model with a text tower: texts in the space of `embed`. */
  readonly embedTexts?: EmbedTexts | undefined
  /** The weights that the provider says answer here. */
  readonly attested?: Attested | undefined
}

/** Weights on record, and answers by whoever holds them. */
export interface Attested {
  readonly digest: Digest
  /** Asked once, about `challengePictures` of the audit's seed. What the endpoint answers must be the same. */
  readonly embed?: Embed | undefined
}

export interface AuditSet {
  readonly images: PackedImages
  /** One class per picture; negative means none. Null where nothing is labelled. */
  readonly labels: Int32Array | null
  /** The text that belongs to each picture, for models that read. */
  readonly captions?: readonly string[] | null | undefined
}

/** Pairs of pictures, row by row; a coin that was committed to before training decided which of each was trained on. */
export interface AuditTwins {
  /** Trained on, and to be forgotten. */
  readonly members: PackedImages
  /** Never trained on. */
  readonly twins: PackedImages
  /** The seed of the coins, that the commitment bound before training; goes into the report. */
  readonly revealed?: RevealedCoins | undefined
}

export type RevealedCoins = NonNullable<AuditReport['coins']>

/** Pictures of which each was trained on or not by a coin of its own. */
export interface AuditCanaries {
  readonly included: PackedImages
  readonly excluded: PackedImages
}

/**
 * One view of every picture, as floats in [0, 1]; equal arguments give equal views. `epoch` is AUDIT_EPOCH: whoever draws from the
 * generator that training draws from keys it by this too, so that no view is one that was trained on.
 */
export type DrawViews = (images: PackedImages, seed: number, view: number, epoch: number) => Float32Array

export interface AuditOptions {
  readonly before: AuditedModel
  readonly after: AuditedModel
  /** Baselines and retrained models to show beside; roles `baseline` and `retrain`. */
  readonly references: readonly AuditedModel[]
  readonly forget: AuditSet
  /** Pictures of the same source that no model was trained on. */
  readonly heldOut: AuditSet
  /** Pictures that both models were trained on; none where the auditor holds none, and then less is measured. */
  readonly retain: AuditSet
  readonly twins?: AuditTwins | undefined
  readonly canaries?: AuditCanaries | undefined
  /** What whoever holds the weights has measured for the laboratory tests (A8, A6): they stand in the report and count. */
  readonly laboratory?: { readonly recovery?: RecoveryCurves; readonly shadows?: ShadowedSets } | undefined
  /** Views at the strength of training. */
  readonly drawViews: DrawViews
  readonly policy: AuditPolicy
  /** Makes the seed of the views one that could not be prepared for; both models must then be attested. */
  readonly challenge?: Challenge | undefined
  /** Answers of earlier sessions of this audit. */
  readonly store?: AnswerStore | undefined
  /** How `after` was made, so that each test can say whether that method optimised it. */
  readonly method: UnlearningMethod
  readonly signal: AbortSignal
  /** Milliseconds of a clock that never runs backwards. */
  readonly now: () => number
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export interface AuditResult extends Recomputed {
  /** Audit data that `report.data` names by digest: the report was computed from these bytes, and can be again. */
  readonly data: Uint8Array
}
