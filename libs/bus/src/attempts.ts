import { DomainError } from '@lethe/domain'
import { JetStreamApiError } from '@nats-io/jetstream'
import { z } from 'zod'
import type { Bus } from './bus.js'
import { BlobRef } from './contracts/blobs.js'
import { decodeMessage } from './codec.js'

/** What is known of a run's attempts; survives the worker. Each write names the revision it read: it is also a fence. */
const AttemptRecord = z.object({
  version: z.literal(1),
  /** Attempts begun; the number of the newest one. */
  begun: z.int().min(0),
  /** Attempts that ended because their worker was asked to stop; they are nobody's fault and are not counted. */
  handedBack: z.int().min(0),
  /** False once an attempt has settled, until another begins. */
  running: z.boolean(),
  /** A result was published; what is left is the acknowledgement. */
  ended: z.boolean(),
  /** Where the next attempt goes on. */
  resume: BlobRef.nullable(),
})
type AttemptRecord = z.infer<typeof AttemptRecord>

const fresh: AttemptRecord = { version: 1, begun: 0, handedBack: 0, running: false, ended: false, resume: null }

async function read(bus: Bus, runId: string): Promise<{ record: AttemptRecord; revision: number }> {
  const entry = await bus.attempts.get(runId)
  if (!entry) return { record: fresh, revision: 0 }
  // A deleted key still has a revision that the next write must name.
  if (entry.operation !== 'PUT') return { record: fresh, revision: entry.revision }
  return { record: decodeMessage(AttemptRecord, entry.value), revision: entry.revision }
}

/** Returns the new revision; refused where somebody has written since the revision that was read. */
const writeAt = (bus: Bus, runId: string, record: AttemptRecord, revision: number): Promise<number> =>
  bus.attempts.put(runId, JSON.stringify(record), { previousSeq: revision })

/** Wrong last sequence, in the two ways that servers say it. */
const isConflict = (error: unknown): boolean =>
  error instanceof JetStreamApiError && (error.code === 10071 || error.code === 10164)

/** One delivery of a task, as far as the record goes. */
export interface Attempt {
  readonly number: number
  /** Attempts that count against the bound, this one included. */
  readonly counted: number
  readonly resume: BlobRef | null
  /** What the next attempt would resume from: the newest that was saved. */
  latestResume(): BlobRef | null
  /** Remembers where to go on; returns the blob that is now superseded. @throws DomainError ATTEMPT_SUPERSEDED. */
  saveResume(resume: BlobRef): Promise<BlobRef | null>
  /** @throws DomainError ATTEMPT_SUPERSEDED. */
  settle(how: 'handed-back' | 'failed' | 'ended'): Promise<void>
  clearResume(): Promise<void>
  /** Whether another worker has begun the run since. */
  isSuperseded(): Promise<boolean>
}

export type Beginning =
  | { readonly state: 'begun'; readonly attempt: Attempt }
  /** `leftover` is a resume blob that nobody needs any more and nobody has deleted. */
  | { readonly state: 'ended'; readonly leftover: BlobRef | null; clearLeftover(): Promise<void> }

/** Takes the run over from whoever had it. */
export async function beginAttempt(bus: Bus, runId: string): Promise<Beginning> {
  const { record: before, revision } = await read(bus, runId)
  if (before.ended) {
    const cleared: AttemptRecord = { ...before, resume: null }
    const clearLeftover = async (): Promise<void> => void (await writeAt(bus, runId, cleared, revision))
    return { state: 'ended', leftover: before.resume, clearLeftover }
  }
  let record: AttemptRecord = { ...before, begun: before.begun + 1, running: true }
  let current = await writeAt(bus, runId, record, revision)
  const write = async (next: AttemptRecord): Promise<void> => {
    for (;;) {
      try {
        current = await writeAt(bus, runId, next, current)
        record = next
        return
      } catch (error) {
        if (!isConflict(error)) throw error
        // A write of ours that timed out may have arrived all the same: then the record still names this attempt.
        const stored = await read(bus, runId)
        if (stored.record.begun !== record.begun || stored.record.ended !== record.ended)
          throw new DomainError('ATTEMPT_SUPERSEDED', 'Another worker has taken this run over; this attempt stops.')
        current = stored.revision
      }
    }
  }
  const attempt: Attempt = {
    number: record.begun,
    counted: record.begun - record.handedBack,
    resume: record.resume,
    latestResume: () => record.resume,
    async saveResume(resume) {
      const superseded = record.resume
      await write({ ...record, resume })
      return superseded?.digest === resume.digest ? null : superseded
    },
    settle: (how) =>
      write({
        ...record,
        running: false,
        handedBack: record.handedBack + (how === 'handed-back' ? 1 : 0),
        // Once ended, always ended: what fails after that is only tidying.
        ended: record.ended || how === 'ended',
      }),
    clearResume: () => write({ ...record, resume: null }),
    isSuperseded: async () => (await read(bus, runId)).record.begun !== record.begun,
  }
  return { state: 'begun', attempt }
}

/**
 * Ends a run that no worker has at the moment, so that none will begin it again. What it saved stays on record.
 * @returns null where a worker has it or it has ended.
 */
export async function endIdleRun(
  bus: Bus,
  runId: string,
): Promise<{ readonly lastAttempt: number; readonly leftover: BlobRef | null } | null> {
  const { record, revision } = await read(bus, runId)
  if (record.running || record.ended) return null
  try {
    await writeAt(bus, runId, { ...record, ended: true }, revision)
    return { lastAttempt: record.begun, leftover: record.resume }
  } catch (error) {
    if (isConflict(error)) return null
    throw error
  }
}
