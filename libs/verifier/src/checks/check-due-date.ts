import { type ClockBasis, type ClockEvent, type ClockReading, readClock } from '@lethe/domain'
import { paths } from '../archive/bundle-paths.js'
import type { Statement } from '../bundle/statement.js'
import { finding, type Finding } from '../report/finding.js'
import { closingOf, ownOfKind, type CheckOfCase } from './case.js'

/** The due date follows from the events on record, the rule of the law, time zone and holidays: the sum is done again. */
export const checkDueDate: CheckOfCase = (of) => {
  const changes = ownOfKind(of, 'clock-changed/v1')
  const [first] = changes
  if (first === undefined) return { findings: [finding('CLOCK_MISSING', paths.manifest)] }
  const findings: Finding[] = []
  const events: ClockEvent[] = []
  let reading: ClockReading | null = null
  let rule = first
  for (const change of changes) {
    const { event } = change.predicate
    // Only an event of its own moves a clock to another rule.
    if (event?.kind !== 'change' && ruleOf(change) !== ruleOf(rule))
      findings.push(finding('CLOCK_RULE_CHANGED', change.path))
    rule = change
    if (event !== null) events.push(eventOf(change, event))
    reading = replay(first, events, change.recorded.at)
    if (reading === null) findings.push(finding('CLOCK_MALFORMED', change.path))
    else if (!isSame(reading, change)) findings.push(finding('DUE_DATE_DIFFERS', change.path, reading.dueAt))
  }
  const requested = ownOfKind(of, 'erasure-requested/v1')[0]
  const { predicate } = first
  if (requested !== undefined) {
    const sameStart = predicate.event?.at === requested.predicate.receivedAt
    if (
      !sameStart ||
      predicate.statuteId !== requested.predicate.statuteId ||
      predicate.dueAt !== requested.predicate.dueAt
    )
      findings.push(finding('DUE_DATE_DIFFERS', requested.path, predicate.dueAt))
  }
  const closing = closingOf(of)
  const last = changes.at(-1) ?? first
  if (
    closing !== undefined &&
    (closing.predicate.dueAt !== last.predicate.dueAt || closing.predicate.clock !== last.predicate.state)
  )
    findings.push(finding('DUE_DATE_DIFFERS', closing.path, last.predicate.dueAt))
  return {
    findings,
    facts: {
      dueAt: reading?.dueAt ?? '',
      state: reading?.state ?? '',
      statute: reading?.basis.statuteId ?? predicate.statuteId,
    },
  }
}

type ClockChanged = Statement<'clock-changed/v1'>

const basisOf = ({ predicate }: ClockChanged): ClockBasis => {
  const { statuteId, ruleVersion, terms, timeZone, holidays } = predicate
  return { statuteId, ruleVersion, terms: terms ?? null, timeZone, holidays }
}

const ruleOf = (change: ClockChanged): string => JSON.stringify(basisOf(change))

const eventOf = (change: ClockChanged, event: Omit<ClockEvent, 'reason' | 'basis'>): ClockEvent => ({
  ...event,
  reason: '',
  ...(event.kind === 'change' ? { basis: basisOf(change) } : {}),
})

/** Null where the events make no sense or the rule did not allow them, the time zone is none, or the rule is unknown. */
function replay(first: ClockChanged, events: readonly ClockEvent[], now: string): ClockReading | null {
  try {
    return readClock({ ...basisOf(first), events, now })
  } catch {
    return null
  }
}

const isSame = (reading: ClockReading, { predicate }: ClockChanged): boolean =>
  reading.dueAt === predicate.dueAt &&
  reading.state === predicate.state &&
  same(
    reading.explanation.map(({ code, day }) => [code, day]),
    predicate.steps.map(({ code, day }) => [code, day]),
  ) &&
  same(
    reading.deadlines.length === 1
      ? undefined
      : reading.deadlines.map(({ kind, dueAt, state }) => [kind, dueAt, state]),
    predicate.deadlines?.map(({ kind, dueAt, state }) => [kind, dueAt, state]),
  )

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)
