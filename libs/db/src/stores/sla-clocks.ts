import {
  type ClockBasis,
  type ClockEvent,
  type ClockReading,
  ContractTerms,
  type EvidenceEntry,
  isDomainError,
  newestVersion,
  readClock,
  ruleFor,
  type StatuteId,
} from '@lethe/domain'
import type { Tx } from '../database.js'
import type { SlaClock } from '../generated/client.js'
import { newId } from '../new-id.js'
import { clockEvidence } from './clock-evidence.js'
import { lockClock, readingColumns, readStored, writeEvent } from './clock-rows.js'

export interface ClockChange {
  readonly clockId: string
  readonly reading: ClockReading
  /** To be recorded by the caller in the same transaction; empty when nothing changed. */
  readonly evidence: readonly EvidenceEntry[]
}

/**
 * Starts the clock of a request under the newest version of a rule and keeps its reading. `at`: when the request was
 * received. A contract's terms are those of the tenant.
 *
 * @throws DomainError CLOCK_RULE_UNKNOWN for a contract without terms
 */
export async function startClock(
  tx: Tx,
  input: {
    tenantId: string
    requestId: string
    statuteId: StatuteId
    timeZone: string
    holidays: readonly string[]
    at: Date
    now: Date
  },
): Promise<ClockChange> {
  const { tenantId, requestId } = input
  const basis = await newestBasis(tx, input)
  const event: ClockEvent = { kind: 'start', at: input.at.toISOString(), reason: 'The request was received.' }
  const reading = readClock({ ...basis, events: [event], now: input.now.toISOString() })
  const id = newId()
  await tx.slaClock.create({ data: { id, tenantId, requestId, ...readingColumns(reading) } })
  await writeEvent(tx, { tenantId, clockId: id, seq: 1, event, before: basis })
  return { clockId: id, reading, evidence: [clockEvidence(requestId, event, reading)] }
}

/** A rule as it counts from now on: its newest version, with the tenant's terms where it is a contract. */
export async function newestBasis(
  tx: Tx,
  input: { tenantId: string; statuteId: StatuteId; timeZone: string; holidays: readonly string[] },
): Promise<ClockBasis> {
  const { tenantId, statuteId, timeZone, holidays } = input
  const terms = statuteId === 'contract' ? await readContractTerms(tx, tenantId) : null
  const ruleVersion = newestVersion(statuteId, terms)
  ruleFor(statuteId, ruleVersion, terms)
  return { statuteId, ruleVersion, terms, timeZone, holidays: [...holidays] }
}

/** The newest terms that the tenant has set; null when there are none. */
export async function readContractTerms(tx: Tx, tenantId: string): Promise<ContractTerms | null> {
  const row = await tx.contractTermsVersion.findFirst({ where: { tenantId }, orderBy: { version: 'desc' } })
  return row && ContractTerms.parse(row.terms)
}

/**
 * Adds an event to a request's clock and refreshes its reading.
 *
 * @throws DomainError NOT_FOUND, CLOCK_EVENTS_INVALID when the event makes no sense now, CLOCK_EVENT_REFUSED when the
 *   rule does not allow it
 */
export async function addClockEvent(
  tx: Tx,
  input: {
    tenantId: string
    requestId: string
    kind: ClockEvent['kind']
    at: Date
    reason: string
    /** Of an extension. */
    count?: number | undefined
    /** Of a change of rule. */
    basis?: ClockBasis | undefined
    now: Date
  },
): Promise<ClockChange> {
  const { tenantId, requestId, kind, reason, count, basis, now } = input
  const { row, clock } = await lockClock(tx, tenantId, requestId)
  const event: ClockEvent = {
    kind,
    at: input.at.toISOString(),
    reason,
    ...(count === undefined ? {} : { count }),
    ...(basis === undefined ? {} : { basis }),
  }
  const before = readStored(clock, now).basis
  const reading = readStored({ ...clock, events: [...clock.events, event] }, now)
  await writeEvent(tx, { tenantId, clockId: row.id, seq: clock.events.length + 1, event, before })
  await storeReading(tx, tenantId, row.id, reading)
  return { clockId: row.id, reading, evidence: [clockEvidence(requestId, event, reading)] }
}

/**
 * Pauses the clock while a person's identity is in doubt, where its rule allows that. Null, and nothing changed, where
 * the rule never pauses or the clock does not run: then it goes on as it is.
 */
export const pauseForIdentity = (tx: Tx, input: IdentityCheck): Promise<ClockChange | null> =>
  unlessRefused(addClockEvent(tx, { ...input, kind: 'pause', at: input.now, reason: 'Identity is in doubt.' }))

/** Lets a clock that is paused run on, once identity is certain. Null, and nothing changed, where it is not paused. */
export const resumeAfterIdentity = (tx: Tx, input: IdentityCheck): Promise<ClockChange | null> =>
  unlessRefused(addClockEvent(tx, { ...input, kind: 'resume', at: input.now, reason: 'Identity was confirmed.' }))

interface IdentityCheck {
  readonly tenantId: string
  readonly requestId: string
  readonly now: Date
}

/** An event is refused before anything is written. */
async function unlessRefused(change: Promise<ClockChange>): Promise<ClockChange | null> {
  try {
    return await change
  } catch (error) {
    if (isDomainError(error) && ['CLOCK_EVENTS_INVALID', 'CLOCK_EVENT_REFUSED'].includes(error.code)) return null
    throw error
  }
}

/** Reads a clock again at `now` and keeps the reading; evidence only when a state of it has become another. */
export async function refreshClock(
  tx: Tx,
  input: { tenantId: string; requestId: string; now: Date },
): Promise<ClockChange> {
  const { tenantId, requestId, now } = input
  const { row, clock } = await lockClock(tx, tenantId, requestId)
  const reading = readStored(clock, now)
  const { inState, inDueDate } = differs(row, reading)
  if (!inState && !inDueDate) return { clockId: row.id, reading, evidence: [] }
  await storeReading(tx, tenantId, row.id, reading)
  return { clockId: row.id, reading, evidence: inState ? [clockEvidence(requestId, null, reading)] : [] }
}

/** In what a reading is another than the one that is kept. */
export function differs(
  row: Pick<SlaClock, 'state' | 'acknowledgeState' | 'dueAt'>,
  reading: ClockReading,
): { readonly inState: boolean; readonly inDueDate: boolean } {
  const { state, dueAt, acknowledgeState } = readingColumns(reading)
  return {
    inState: state !== row.state || acknowledgeState !== row.acknowledgeState,
    inDueDate: dueAt.getTime() !== row.dueAt.getTime(),
  }
}

const storeReading = (tx: Tx, tenantId: string, id: string, reading: ClockReading) =>
  tx.slaClock.update({ where: { tenantId_id: { tenantId, id } }, data: readingColumns(reading) })
