import type { ClockEvent, ClockReading, EvidenceEntry } from '@lethe/domain'

/** The reason may name a person, so it stays in the tenant's tables. */
export function clockEvidence(
  erasureRequestId: string,
  event: ClockEvent | null,
  { basis, state, dueAt, explanation, deadlines }: ClockReading,
): EvidenceEntry {
  const { terms, ...rule } = basis
  return {
    kind: 'clock-changed/v1',
    subjects: [],
    erasureRequestId,
    predicate: {
      ...rule,
      ...(terms === null ? {} : { terms }),
      event: event === null ? null : eventOnRecord(event),
      state,
      dueAt,
      steps: explanation.map(({ code, day }) => ({ code, day })),
      ...(deadlines.length === 1
        ? {}
        : { deadlines: deadlines.map((each) => ({ kind: each.kind, dueAt: each.dueAt, state: each.state })) }),
    },
  }
}

const eventOnRecord = ({ kind, at, count }: ClockEvent) => ({ kind, at, ...(count === undefined ? {} : { count }) })
