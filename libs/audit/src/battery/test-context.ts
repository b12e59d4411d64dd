import {
  randomStream,
  type AuditPolicy,
  type AuditTest,
  type AuditTestId,
  type CompletePolicy,
  type RandomStream,
  type UnlearningMethod,
} from '@lethe/domain'
import type { MeasuredModel } from '../judge/audit-data.js'
import { scored, type Scored, type WitnessName, type Witnesses } from './witnesses.js'

/** What was measured of one model, and how well each of its scores tells the sets apart. */
export interface Examined extends Omit<MeasuredModel, 'witnesses'>, Scored {
  readonly scores: Scored['scores']
  readonly witnesses: Witnesses
}

/** A model that was audited, rather than shown beside. */
export interface Audited extends Examined {
  readonly matrices: NonNullable<MeasuredModel['matrices']>
}

export function examine(measured: MeasuredModel): Examined {
  const witnesses = Object.entries(measured.witnesses) as [WitnessName, Scored['scores']][]
  return {
    ...measured,
    ...scored(measured.scores),
    witnesses: Object.fromEntries(witnesses.map(([name, scores]) => [name, scored(scores)])),
  }
}

/** What every test of the battery sees. */
export interface TestContext {
  readonly before: Audited
  readonly after: Audited
  readonly references: readonly Examined[]
  readonly policy: CompletePolicy
  readonly method: UnlearningMethod
  /** Accusing p of tests that this audit asks besides: they share its alpha. */
  readonly furtherAccusations?: readonly Accusation[] | undefined
}

/** A test, and the p of "it sees no difference between forgotten and unseen". */
export type Accusation = readonly [AuditTestId, number]

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

/** Methods whose loss is made of cosines between views of forget samples. */
const calibrating: readonly UnlearningMethod[] = ['alignment-calibration', 'gradient-ascent', 'neg-grad']

// What those losses push directly: cosines between views of forget samples, and between them. The membership score is made of
// the same cosines, so A4 and A5 are no independent witnesses either.
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
  calibrating.includes(method) && optimisedByCalibration.includes(id)

/** A number for a sentence. */
export const figure = (value: number, digits = 3): string => value.toFixed(digits)

/** A share for a sentence. */
export const percent = (value: number): string => `${(100 * value).toFixed(0)} %`
