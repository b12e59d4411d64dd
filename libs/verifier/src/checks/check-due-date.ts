import { type ClockEvent, type ClockReading, readClock, statutes } from '@lethe/domain'
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
  for (const change of changes) {
    if (ruleOf(change) !== ruleOf(first)) findings.push(finding('CLOCK_RULE_CHANGED', change.path))
    if (change.predicate.event !== null) events.push({ ...change.predicate.event, reason: '' })
    reading = replay(change, events)
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
  return { findings, facts: { dueAt: reading?.dueAt ?? '', state: reading?.state ?? '', statute: predicate.statuteId } }
}

type ClockChanged = Statement<'clock-changed/v1'>

const ruleOf = ({ predicate: { statuteId, ruleVersion, timeZone, holidays } }: ClockChanged): string =>
  JSON.stringify([statuteId, ruleVersion, timeZone, holidays])

/** Null where the events make no sense, the time zone is none, or the rule has another version here. */
function replay({ predicate, recorded }: ClockChanged, events: readonly ClockEvent[]): ClockReading | null {
  const { statuteId, timeZone, holidays, ruleVersion } = predicate
  if (statutes[statuteId].version !== ruleVersion) return null
  try {
    return readClock({ statuteId, events, timeZone, holidays, now: recorded.at })
  } catch {
    return null
  }
}

const isSame = (reading: ClockReading, { predicate }: ClockChanged): boolean =>
  reading.dueAt === predicate.dueAt &&
  reading.state === predicate.state &&
  JSON.stringify(reading.explanation.map(({ code, day }) => [code, day])) ===
    JSON.stringify(predicate.steps.map(({ code, day }) => [code, day]))
