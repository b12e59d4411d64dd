import { z } from 'zod'
import { type ClockBasis, type ClockEvent, ClockEventKind } from './clock-event.js'
import { advanceClock, type ClockProgress, newClock } from './clock-progress.js'
import { type ClockStep, type ClockSum, sumUp, sumUpAcknowledgement } from './clock-sum.js'
import type { ContractTerms } from './contract-terms.js'
import { DomainError, isDomainError } from './errors.js'
import { type StatuteId, statutes } from './statutes.js'

export const ClockState = z.enum(['RUNNING', 'PAUSED', 'MET', 'BREACHED'])
export type ClockState = z.infer<typeof ClockState>

export const DeadlineKind = z.enum(['acknowledge', 'respond'])
export type DeadlineKind = z.infer<typeof DeadlineKind>

/** One of the things that a rule asks for by a date. */
export interface Deadline {
  readonly kind: DeadlineKind
  readonly state: ClockState
  /** Exclusive end, as an instant. */
  readonly dueAt: string
  readonly explanation: readonly ClockStep[]
}

export interface ClockReading {
  /** Of the answer itself; a confirmation of receipt that came late shows in its own deadline. */
  readonly state: ClockState
  /** End of the due day in the tenant's time zone, as an instant; by contract in hours, the instant itself. */
  readonly dueAt: string
  /** Each step of the sum, in order, so that anybody can reconstruct the date. */
  readonly explanation: readonly ClockStep[]
  /** Earliest duty first; the last is the answer. */
  readonly deadlines: readonly Deadline[]
  /** By what the clock counts now; changes of rule taken in. */
  readonly basis: ClockBasis
}

/** Arguments of readClock: a basis whose version may be left to the newest. */
export interface ClockInput {
  readonly statuteId: StatuteId
  readonly ruleVersion?: number | undefined
  readonly terms?: ContractTerms | null | undefined
  readonly timeZone: string
  /** Days (YYYY-MM-DD) that are no working days besides the week's own. */
  readonly holidays: readonly string[]
  readonly events: readonly ClockEvent[]
  readonly now: string
}

/** The newest version of a rule, as a new clock counts by it. */
export const newestVersion = (statuteId: StatuteId, terms: ContractTerms | null = null): number =>
  statuteId === 'contract' ? (terms?.version ?? 0) : statutes[statuteId].version

/**
 * Reads a clock: a pure function of its events, the rule's version, the holiday table and the present instant.
 * Replaying the same arguments gives the same reading.
 *
 * @throws DomainError CLOCK_EVENTS_INVALID when the order of events makes no sense, CLOCK_EVENT_REFUSED when the rule
 *   did not allow one of them, CLOCK_RULE_UNKNOWN
 */
export function readClock({ events, now, ...input }: ClockInput): ClockReading {
  const basis = basisOf(input)
  let progress = newClock(basis)
  for (const event of events) progress = advanceClock(progress, event, dates)
  if (progress.life === 'new')
    throw new DomainError('CLOCK_EVENTS_INVALID', 'A clock begins with a start event.', 'events')
  const answer = sumUp(progress, now)
  const receipt = sumUpAcknowledgement(progress)
  const respond = deadline('respond', answer, stateOf(progress, answer, progress.stoppedAt, now))
  // An answer confirms receipt too.
  const confirmedAt = progress.acknowledgedAt ?? progress.stoppedAt
  const acknowledge = receipt && deadline('acknowledge', receipt, openState(receipt, confirmedAt, now))
  const deadlines = acknowledge === null ? [respond] : [acknowledge, respond]
  const { state, dueAt, explanation } = respond
  return { state, dueAt, explanation, deadlines, basis: progress.basis }
}

/** Events that the rule would take in now, in the table's order. */
export function allowedClockEvents(
  { events, now, ...input }: ClockInput,
  kinds: readonly ClockEventKind[] = ClockEventKind.options,
): ClockEventKind[] {
  const basis = basisOf(input)
  let progress = newClock(basis)
  for (const event of events) progress = advanceClock(progress, event, dates)
  return kinds.filter((kind) => {
    try {
      const changed = kind === 'change' ? { basis: progress.basis } : {}
      advanceClock(progress, { kind, at: now, reason: '', ...changed }, dates)
      return true
    } catch (error) {
      if (isDomainError(error)) return false
      throw error
    }
  })
}

const dates = { dueAt: (progress: ClockProgress, now: string): string => sumUp(progress, now).dueAt }

const basisOf = ({
  statuteId,
  ruleVersion,
  terms = null,
  timeZone,
  holidays,
}: Omit<ClockInput, 'events' | 'now'>): ClockBasis => ({
  statuteId,
  ruleVersion: ruleVersion ?? newestVersion(statuteId, terms),
  terms,
  timeZone,
  holidays: [...holidays],
})

const deadline = (kind: DeadlineKind, { dueAt, steps }: ClockSum, state: ClockState): Deadline => ({
  kind,
  state,
  dueAt,
  explanation: steps,
})

const openState = ({ dueAt }: ClockSum, doneAt: string | null, now: string): ClockState => {
  if (Date.parse(doneAt ?? now) > Date.parse(dueAt)) return 'BREACHED'
  return doneAt === null ? 'RUNNING' : 'MET'
}

const stateOf = ({ life }: ClockProgress, sum: ClockSum, stoppedAt: string | null, now: string): ClockState => {
  const state = openState(sum, stoppedAt, now)
  return state === 'RUNNING' && life === 'paused' ? 'PAUSED' : state
}
