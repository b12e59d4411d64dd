import { type ClockBasis, type ClockEvent, type ClockEventKind } from './clock-event.js'
import { DomainError } from './errors.js'
import { ruleFor, type StatuteRule } from './statutes.js'

/** Why an event was refused. */
type ClockRefusal = 'CLOCK_EVENTS_INVALID' | 'CLOCK_EVENT_REFUSED'

/** A clock between two of its events. */
export interface ClockProgress {
  readonly life: ClockLife
  readonly basis: ClockBasis
  readonly rule: StatuteRule
  readonly startedAt: string
  readonly pauses: readonly { readonly from: string; readonly until: string; readonly reason: string }[]
  readonly pausedSince: string | null
  readonly extension: { readonly unit: string; readonly count: number; readonly reason: string } | null
  readonly changes: readonly { readonly at: string; readonly from: ClockBasis }[]
  readonly acknowledgedAt: string | null
  readonly stoppedAt: string | null
}

export type ClockLife = 'new' | 'running' | 'paused' | 'stopped'

/** The whole life of a clock: what is not here is refused. */
export const clockTransitions: Readonly<Record<ClockLife, Partial<Record<ClockEventKind, ClockLife>>>> = {
  new: { start: 'running' },
  running: { acknowledge: 'running', pause: 'paused', extend: 'running', change: 'running', stop: 'stopped' },
  paused: { acknowledge: 'paused', resume: 'running', stop: 'stopped' },
  stopped: {},
}

/** How the sums behind the rules are done; passed in, since each needs the other. */
export interface DueDates {
  /** End of the whole period, extension and pauses included, as it stands at an instant. */
  readonly dueAt: (progress: ClockProgress, now: string) => string
}

/**
 * Takes one event in.
 *
 * @throws DomainError CLOCK_EVENTS_INVALID when it makes no sense at this point, CLOCK_EVENT_REFUSED when the rule does
 *   not allow it
 */
export function advanceClock(progress: ClockProgress, event: ClockEvent, dates: DueDates): ClockProgress {
  const life = clockTransitions[progress.life][event.kind]
  if (!life) throw refusal('CLOCK_EVENTS_INVALID', `A clock that is ${progress.life} cannot ${event.kind}.`, 'events')
  if (event.kind !== 'start' && Date.parse(event.at) < latestOf(progress))
    throw refusal('CLOCK_EVENTS_INVALID', 'Events of a clock come in the order of time.')
  return { ...progress, ...effects[event.kind](progress, event, dates), life }
}

/** A clock that has not been started. */
export const newClock = (basis: ClockBasis): ClockProgress => ({
  life: 'new',
  basis,
  rule: ruleFor(basis.statuteId, basis.ruleVersion, basis.terms),
  startedAt: '',
  pauses: [],
  pausedSince: null,
  extension: null,
  changes: [],
  acknowledgedAt: null,
  stoppedAt: null,
})

type Effect = (progress: ClockProgress, event: ClockEvent, dates: DueDates) => Partial<ClockProgress>

const effects: Readonly<Record<ClockEventKind, Effect>> = {
  start: (_, { at }) => ({ startedAt: at }),
  acknowledge: ({ acknowledgedAt }, { at }) => {
    if (acknowledgedAt !== null) throw refusal('CLOCK_EVENT_REFUSED', 'Receipt was confirmed before; once is enough.')
    return { acknowledgedAt: at }
  },
  pause: (progress, { at }, dates) => {
    if (!progress.rule.pauses)
      throw refusal('CLOCK_EVENT_REFUSED', `${progress.rule.citation} does not let a clock pause.`)
    if (isOver(progress, at, dates))
      throw refusal('CLOCK_EVENT_REFUSED', 'The period is over; a clock that is late is not paused.')
    return { pausedSince: at }
  },
  resume: ({ pauses, pausedSince }, { at, reason }) => ({
    pauses: [...pauses, { from: pausedSince ?? at, until: at, reason }],
    pausedSince: null,
  }),
  extend: (progress, { at, count, reason }, dates) => {
    const { extension, citation } = progress.rule
    if (extension === null) throw refusal('CLOCK_EVENT_REFUSED', `${citation} knows no extension.`)
    if (progress.extension !== null)
      throw refusal('CLOCK_EVENT_REFUSED', 'The period was extended before; the law allows it once.')
    if (isOver(progress, at, dates))
      throw refusal('CLOCK_EVENT_REFUSED', 'Notice of an extension is given inside the first period.')
    if (count !== undefined && count > extension.count)
      throw refusal(
        'CLOCK_EVENT_REFUSED',
        `${citation} allows at most ${extension.count} × ${extension.unit}.`,
        'input.count',
      )
    return { extension: { unit: extension.unit, count: count ?? extension.count, reason } }
  },
  change: (progress, { at, basis }, dates) => {
    if (basis === undefined) throw refusal('CLOCK_EVENTS_INVALID', 'A change of rule names the new rule.')
    if (isOver(progress, at, dates))
      throw refusal('CLOCK_EVENT_REFUSED', 'The period is over; another rule cannot undo that.')
    const rule = ruleFor(basis.statuteId, basis.ruleVersion, basis.terms)
    return { basis, rule, changes: [...progress.changes, { at, from: progress.basis }] }
  },
  stop: ({ pauses, pausedSince }, { at }) => ({
    stoppedAt: at,
    ...(pausedSince === null
      ? {}
      : { pauses: [...pauses, { from: pausedSince, until: at, reason: '' }], pausedSince: null }),
  }),
}

const isOver = (progress: ClockProgress, at: string, { dueAt }: DueDates): boolean =>
  Date.parse(at) >= Date.parse(dueAt(progress, at))

const latestOf = ({ startedAt, pauses, pausedSince, acknowledgedAt, changes }: ClockProgress): number =>
  Math.max(
    ...[startedAt, pauses.at(-1)?.until, pausedSince, acknowledgedAt, changes.at(-1)?.at]
      .filter((at): at is string => typeof at === 'string' && at !== '')
      .map((at) => Date.parse(at)),
  )

const refusal = (code: ClockRefusal, message: string, field?: string) => new DomainError(code, message, field)
