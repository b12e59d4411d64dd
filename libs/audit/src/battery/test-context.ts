import {
  randomStream,
  type AuditPolicy,
  type AuditTest,
  type AuditTestId,
  type RandomStream,
  type UnlearningMethod,
} from '@lethe/domain'
import type { AucEstimate, Placements } from '../statistics/de-long.js'
import type { ModelAnswers } from '../probe/view-embeddings.js'

/** One model's answers, reduced to what the tests ask for. */
export interface Examined extends ModelAnswers {
  /** a_i per sample. */
  readonly alignment: { readonly forget: Float64Array; readonly heldOut: Float64Array }
  /** Membership score per sample. */
  readonly scores: { readonly forget: Float64Array; readonly heldOut: Float64Array }
  readonly placements: Placements
  /** Of forget against held-out samples. */
  readonly auc: AucEstimate
}

/** What every test of the battery sees. */
export interface TestContext {
  readonly before: Examined
  readonly after: Examined
  readonly references: readonly Examined[]
  readonly policy: AuditPolicy
  readonly method: UnlearningMethod
}

const number: Readonly<Record<AuditTestId, number>> = {
  'A0-endpoint-integrity': 0,
  'A1-forgetting-score': 1,
  'A2-difference-in-differences': 2,
  'A3-alignment-gap': 3,
  'A4-residual-membership': 4,
  'A5-retrain-reference': 5,
  'A6-u-lira': 6,
  'A7-one-run-epsilon': 7,
  'A8-recovery': 8,
  'A9-utility': 9,
  'blind-control': 10,
  'A10-randomised-twins': 11,
  'A11-clip-alignment': 12,
  'A9-retrieval': 13,
  'A4-feature-membership': 14,
  'A9-neighbours': 15,
}

/** Each test draws from its own stream, so that leaving one out changes no other. */
export const streamOf = (policy: AuditPolicy, id: AuditTestId): RandomStream => randomStream(policy.seed, number[id])

// What Alignment Calibration's α and β terms push directly: cosines between views of forget samples, and between them.
// The membership score is made of the same cosines, so A4 and A5 are no independent witnesses either.
const optimisedByCalibration: readonly AuditTestId[] = [
  'A1-forgetting-score',
  'A2-difference-in-differences',
  'A3-alignment-gap',
  'A4-residual-membership',
  'A5-retrain-reference',
  'A6-u-lira',
  'A7-one-run-epsilon',
  'A10-randomised-twins',
  'A11-clip-alignment',
]

/** Whether the loss of this method optimises the very quantity that the test measures. */
export const isOptimisedFor = (id: AuditTestId, method: UnlearningMethod): AuditTest['optimisedFor'] =>
  method === 'alignment-calibration' && optimisedByCalibration.includes(id)

/** A number for a sentence. */
export const figure = (value: number, digits = 3): string => value.toFixed(digits)

/** A share for a sentence. */
export const percent = (value: number): string => `${(100 * value).toFixed(0)} %`
