import { z } from 'zod'

/** Why something that no plan covers stops a request, in words that follow its name. */
const uncoveredBecause = {
  serves: 'which serves and still remembers these samples',
  training: 'which is learning these samples now',
  unplanned: 'which still remembers these samples',
  holds: 'which holds these samples',
} as const
export type UncoveredBecause = keyof typeof uncoveredBecause

/** The first few by name, and how many more there are. */
export interface UncoveredThings {
  readonly things: readonly { readonly label: string; readonly why: UncoveredBecause }[]
  readonly more: number
}

export const nameThings = ({ things, more }: UncoveredThings): string =>
  things.map(({ label, why }) => `${label}, ${uncoveredBecause[why]}`).join('; ') +
  (more > 0 ? ` (and ${more} more)` : '')

/** Facts of every reason why a request stands still or waits, apart from those that a person wrote. */
export interface StateReasonFacts {
  readonly 'plan-uncovered': UncoveredThings
  readonly 'plan-incomplete': UncoveredThings
  readonly 'plan-stale': { readonly version: number; readonly state: string }
  readonly 'plan-superseded': Readonly<Record<string, never>>
  readonly 'version-superseded': Readonly<Record<string, never>>
  readonly 'version-refused': { readonly code: string; readonly message: string }
  readonly 'ingest-overdue': { readonly dataset: string; readonly version: number; readonly hours: number }
  readonly 'ingest-awaited': { readonly dataset: string; readonly version: number; readonly until: string }
  readonly 'packs-awaited': { readonly count: number }
  readonly 'readers-awaited': { readonly count: number }
  readonly 'approvals-awaited': { readonly numbers: readonly number[] }
  readonly 'audit-verdict': { readonly verdict: string; readonly code: string | null; readonly message: string | null }
  readonly 'run-failed': { readonly kind: string; readonly code: string; readonly message: string }
  readonly 'run-cancelled': { readonly kind: string }
  readonly 'batch-stopped': { readonly number: number; readonly cause: SaidReason }
}
export type StateReasonCode = keyof StateReasonFacts

/** A reason in codes: portals say it in the reader's language. */
export interface SaidReason {
  readonly code: StateReasonCode
  readonly facts: StateReasonFacts[StateReasonCode]
}

/** A reason that the platform gives, in codes and in English. */
export interface StateReason extends SaidReason {
  readonly text: string
}

const plural = (count: number, one: string, other: string): string => `${count} ${count === 1 ? one : other}`

const texts: { readonly [Code in StateReasonCode]: (facts: StateReasonFacts[Code]) => string } = {
  'plan-uncovered': (facts) => `The plan does not cover ${nameThings(facts)}; plan again.`,
  'plan-incomplete': (facts) => `Missing from the plan: ${nameThings(facts)}. Plan anew.`,
  'plan-stale': ({ version, state }) => `Version ${version} of the plan is ${state}; plan anew.`,
  'plan-superseded': () => 'A version that this plan unlearns is erased by another request; plan anew.',
  'version-superseded': () => 'Another version took the place of the one that was unlearned; plan anew.',
  'version-refused': ({ message }) => message,
  'ingest-overdue': ({ dataset, version, hours }) =>
    `${dataset}, version ${version}, has been taken in for more than ${hours} hours; see to its run or cancel it, then try again.`,
  'ingest-awaited': ({ dataset, version, until }) =>
    `${dataset}, version ${version}, is being taken in; only then it is known whether it holds the samples, too. Waits until ${until} at most.`,
  'packs-awaited': ({ count }) => `${plural(count, 'pack is', 'packs are')} being made anew without the samples.`,
  'readers-awaited': ({ count }) => `${plural(count, 'run still reads', 'runs still read')} what is to be deleted.`,
  'approvals-awaited': ({ numbers }) =>
    `Waits for the approval of request ${numbers.join(', ')}: they are unlearned in one run.`,
  'audit-verdict': ({ verdict, message }) => `The audit said ${verdict}${message === null ? '.' : `: ${message}`}`,
  'run-failed': ({ kind, message }) => `The ${kind} run failed: ${message}`,
  'run-cancelled': ({ kind }) => `The ${kind} run was cancelled.`,
  'batch-stopped': ({ number, cause }) =>
    `Request ${number}, which is unlearned in the same run, stopped it: ${textOf(cause)} Try again alone, or plan anew.`,
}

const textOf = ({ code, facts }: SaidReason): string => (texts[code] as (facts: unknown) => string)(facts)

export const StateReasonCode = z.enum(Object.keys(texts) as [StateReasonCode, ...StateReasonCode[]])

export function stateReason<Code extends StateReasonCode>(code: Code, facts: StateReasonFacts[Code]): StateReason {
  return { code, facts, text: textOf({ code, facts }) }
}

/** What of a reason is kept in codes. */
export const saidOf = ({ code, facts }: StateReason): SaidReason => ({ code, facts })
