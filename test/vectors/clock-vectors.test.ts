import { type ClockBasis, type ClockEvent, type EvidencePredicate, readClock } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { clockEvidence } from '../../libs/db/src/stores/clock-evidence.js'
import type { Case } from '../../libs/verifier/src/checks/case.js'
import { checkDueDate } from '../../libs/verifier/src/checks/check-due-date.js'
import dueDates from './clocks/due-dates.json' with { type: 'json' }
import refused from './clocks/refused.json' with { type: 'json' }

interface Vector {
  readonly name: string
  readonly source: string
  readonly basis: ClockBasis
  readonly events: readonly Omit<ClockEvent, 'reason'>[]
}
type Known = Vector & { now: string; dueAt: string; state: string; receipt: { dueAt: string; state: string } | null }
type Changed = EvidencePredicate<'clock-changed/v1'>

const known = dueDates as unknown as readonly Known[]
const eventsOf = ({ events }: Vector): ClockEvent[] => events.map((event) => ({ ...event, reason: 'r' }))

/** What the platform puts on record of a life, one statement for each event. */
const recordOf = (vector: Vector): { at: string; predicate: Changed }[] =>
  eventsOf(vector).map((event, index, all) => {
    const reading = readClock({ ...vector.basis, events: all.slice(0, index + 1), now: event.at })
    return { at: event.at, predicate: clockEvidence('request', event, reading).predicate as Changed }
  })

/** Codes that the verifier finds in such a record; it knows statements and nothing else. */
async function judge(record: readonly { at: string; predicate: Changed }[]): Promise<string[]> {
  const statements = record.map(({ at, predicate }, index) => ({
    kind: 'clock-changed/v1',
    path: `statements/${index + 1}`,
    seq: index + 1,
    predicate: JSON.parse(JSON.stringify(predicate)) as Changed,
    recorded: { at, erasureRequestId: 'request' },
  }))
  const bundle = { statements, manifest: { erasureRequestId: 'request' } }
  const { findings } = await checkDueDate({ bundle } as unknown as Case)
  return findings.map(({ code }) => code)
}

describe.each(known)('$name ($source)', (vector) => {
  it('is due then, by the platform and by the verifier from evidence alone', async () => {
    const reading = readClock({ ...vector.basis, events: eventsOf(vector), now: vector.now })
    expect([reading.dueAt, reading.state]).toEqual([vector.dueAt, vector.state])
    const receipt = reading.deadlines.find(({ kind }) => kind === 'acknowledge')
    expect(receipt ? { dueAt: receipt.dueAt, state: receipt.state } : null).toEqual(vector.receipt)
    expect(await judge(recordOf(vector))).toEqual([])
  })

  it('is not believed with another date, state, step, rule or event, or with an event left out', async () => {
    const record = recordOf(vector)
    const last = record.length - 1
    const change = (index: number, by: (predicate: Changed) => object) =>
      record.map((each, at) =>
        at === index ? { ...each, predicate: { ...each.predicate, ...by(each.predicate) } } : each,
      )
    const day = 86_400_000
    const later = (at: string) => new Date(Date.parse(at) + 2 * day).toISOString()
    const corruptions = {
      date: change(last, ({ dueAt }) => ({ dueAt: later(dueAt) })),
      state: change(last, ({ state }) => ({ state: state === 'MET' ? 'BREACHED' : 'MET' })),
      step: change(last, ({ steps }) => ({ steps: steps.slice(1) })),
      version: change(last, ({ ruleVersion }) => ({ ruleVersion: ruleVersion + 1 })),
      deadlines: change(last, ({ dueAt }) => ({ deadlines: [{ kind: 'acknowledge', dueAt, state: 'MET' }] })),
      receipt: change(0, ({ event }) => ({ event: { ...event, at: later(event?.at ?? '') } })),
      beginning: record.slice(1),
      // A pause that is not counted, or a confirmation that the present rule asks for, moves no later date by itself.
      ...(last >= 2 && vector.events[last]?.kind !== 'change'
        ? { left: record.filter((_, index) => index !== last - 1) }
        : {}),
    }
    for (const [name, corrupted] of Object.entries(corruptions))
      expect([name, (await judge(corrupted)).length > 0]).toEqual([name, true])
  })
})

describe('refused', () => {
  it.each(refused as unknown as readonly Vector[])('$name ($source)', async (vector) => {
    const events = eventsOf(vector)
    const at = events.at(-1)?.at ?? ''
    expect(() => readClock({ ...vector.basis, events, now: at })).toThrow()
    // A platform that recorded it all the same is found out, whatever date it states.
    const { terms, ...rule } = vector.basis
    const claimed = events.map(({ kind, at: when, count, basis }): { at: string; predicate: Changed } => ({
      at: when,
      predicate: {
        ...(basis ?? rule),
        ...(terms === null ? {} : { terms }),
        event: { kind, at: when, ...(count === undefined ? {} : { count }) },
        state: 'RUNNING',
        dueAt: '2026-07-01T22:00:00.000Z',
        steps: [],
      },
    }))
    expect(await judge(claimed)).toContain('CLOCK_MALFORMED')
  })
})
