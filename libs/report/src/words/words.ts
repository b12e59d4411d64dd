import type { AuditReport, AuditTest, AuditTestId, ModelMeasures, Verdict } from '@lethe/domain'
import type { CheckStep } from '../page-input.js'

type SetName = 'forget' | 'heldOut'
type Stage = 'before' | 'after' | 'gap'

/** Every text of the report. What the domain names by a closed set has words for each of its members. */
export interface Words {
  readonly title: string
  readonly madeAt: string
  readonly verdict: Readonly<Record<Verdict, { readonly word: string; readonly sentence: string }>>
  /** By reason code. */
  readonly reasons: Readonly<Record<string, string>>
  readonly asked: {
    readonly title: string
    question(sizes: AuditReport['sizes']): string
    rule(rule: { low: string; high: string; alpha: string; power: string }): string
    enough(sizes: { forget: number; required: number }): string
    tooFew(sizes: { forget: number; required: number }): string
    readonly unreachable: string
  }
  readonly matrices: {
    readonly title: string
    readonly note: string
    readonly sets: Readonly<Record<SetName, string>>
    readonly stages: Readonly<Record<Stage, string>>
    of(set: string, stage: string): string
    readonly similarity: string
    readonly gap: string
    alt(map: { set: string; stage: string; size: number; diagonal: string; rest: string }): string
    readonly summary: {
      readonly title: string
      readonly matrix: string
      readonly diagonal: string
      readonly rest: string
      readonly range: string
    }
    shown(counts: { shown: number; of: number }): string
    readonly texts: string
    readonly textsNote: string
  }
  readonly distributions: {
    readonly title: string
    readonly note: string
    readonly axis: string
    readonly mean: string
    alt(stage: string): string
  }
  readonly tests: {
    readonly title: string
    note(level: string): string
    readonly columns: Readonly<Record<'test' | 'effect' | 'p' | 'power' | 'optimised' | 'outcome', string>>
    readonly optimised: { readonly yes: string; readonly no: string }
    readonly outcomes: Readonly<Record<AuditTest['outcome'], string>>
    readonly names: Readonly<Record<AuditTestId, readonly [name: string, asks: string]>>
    /** By name of a part. */
    readonly parts: Readonly<Record<string, string>>
  }
  readonly models: {
    readonly title: string
    readonly note: string
    readonly columns: Readonly<
      Record<'model' | 'membership' | 'alignmentForget' | 'alignmentHeldOut' | 'movement' | 'accuracy', string>
    >
    readonly roles: Readonly<Record<ModelMeasures['role'], string>>
    readonly features: string
  }
  readonly limits: { readonly title: string; readonly note: string; readonly of: Readonly<Record<string, string>> }
  readonly check: {
    readonly title: string
    readonly note: string
    readonly steps: Readonly<Record<CheckStep['kind'], string>>
  }
  readonly record: {
    readonly title: string
    readonly note: string
    readonly leftOut: (count: number) => string
    readonly terms: Readonly<Record<RecordTerm, string>>
    readonly unknown: string
  }
}

export type RecordTerm =
  | 'endpointBefore'
  | 'endpointAfter'
  | 'weightsBefore'
  | 'weightsAfter'
  | 'forget'
  | 'heldOut'
  | 'retain'
  | 'imageSize'
  | 'seed'
  | 'views'
  | 'resamples'
  | 'policy'
  | 'matrices'
  | 'data'
  | 'answers'
  | 'result'
  | 'key'
  | 'madeBy'
