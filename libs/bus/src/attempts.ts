import { DomainError, isDomainError } from '@lethe/domain'
import { isConflict, leftoversOf, readAttempts, writeAttempts, type AttemptRecord } from './attempt-record.js'
import type { Bus } from './bus.js'
import type { BlobRef } from './contracts/blobs.js'

/** One delivery of a task, as far as the record goes. */
export interface Attempt {
  readonly number: number
  /** Attempts that count against the bound, this one included. */
  readonly counted: number
  readonly resume: BlobRef | null
  /**
   * Announces a blob, stores it, makes it the place to go on from, and deletes the one before. Wherever that is cut off, the
   * next attempt knows what to delete. @throws DomainError ATTEMPT_SUPERSEDED.
   */
  saveResume(resume: BlobRef, store: () => Promise<unknown>): Promise<void>
  /** @throws DomainError ATTEMPT_SUPERSEDED. */
  settle(how: 'handed-back' | 'failed' | 'ended'): Promise<void>
  /** Once the run has ended: deletes whatever it saved. Throws where that fails, to be tried again. */
  tidyUp(): Promise<void>
  /** Whether another worker has begun the run since. */
  isSuperseded(): Promise<boolean>
}

export type Beginning =
  { readonly state: 'begun'; readonly attempt: Attempt } | { readonly state: 'ended'; tidyUp(): Promise<void> }

export type Discard = (blob: BlobRef) => Promise<void>

/** Takes the run over from whoever had it. */
export async function beginAttempt(bus: Bus, runId: string, discard: Discard): Promise<Beginning> {
  const { record, revision } = await readAttempts(bus, runId)
  const writer = new AttemptWriter(bus, runId, discard, record, revision)
  if (record.ended) return { state: 'ended', tidyUp: () => writer.tidyUp() }
  await writer.write({ begun: record.begun + 1, running: true })
  await writer.deleteDoomed()
  return { state: 'begun', attempt: writer }
}

/** Keeps the record and the revision that the next write must name. */
class AttemptWriter implements Attempt {
  readonly number: number
  readonly counted: number
  readonly resume: BlobRef | null

  constructor(
    private readonly bus: Bus,
    private readonly runId: string,
    private readonly discard: Discard,
    private record: AttemptRecord,
    private revision: number,
  ) {
    this.number = record.begun + 1
    this.counted = this.number - record.handedBack
    this.resume = record.resume
  }

  async write(change: Partial<AttemptRecord>): Promise<void> {
    const next = { ...this.record, ...change }
    for (;;) {
      try {
        this.revision = await writeAttempts(this.bus, this.runId, next, this.revision)
        this.record = next
        return
      } catch (error) {
        if (!isConflict(error)) throw error
        // A write of ours that timed out may have arrived all the same: then the record still names this attempt.
        const stored = await readAttempts(this.bus, this.runId)
        if (stored.record.begun !== this.record.begun || stored.record.ended !== this.record.ended)
          throw new DomainError('ATTEMPT_SUPERSEDED', 'Another worker has taken this run over; this attempt stops.')
        this.revision = stored.revision
      }
    }
  }

  async saveResume(resume: BlobRef, store: () => Promise<unknown>): Promise<void> {
    await this.write({ doomed: [...this.record.doomed, resume] })
    await store()
    const replaced = leftoversOf(this.record).filter(({ digest }) => digest !== resume.digest)
    try {
      await this.write({ resume, doomed: replaced })
    } catch (error) {
      if (isDomainError(error)) await this.discard(resume)
      throw error
    }
    await this.deleteDoomed()
  }

  /** What cannot be deleted now stays on record. */
  async deleteDoomed(): Promise<void> {
    const kept: BlobRef[] = []
    for (const blob of this.record.doomed)
      if (blob.digest !== this.record.resume?.digest) await this.discard(blob).catch(() => kept.push(blob))
    this.record = { ...this.record, doomed: kept }
  }

  settle(how: 'handed-back' | 'failed' | 'ended'): Promise<void> {
    return this.write({
      running: false,
      handedBack: this.record.handedBack + (how === 'handed-back' ? 1 : 0),
      // Once ended, always ended: what fails after that is only tidying.
      ended: this.record.ended || how === 'ended',
    })
  }

  async tidyUp(): Promise<void> {
    const leftovers = leftoversOf(this.record)
    if (leftovers.length === 0) return
    for (const blob of leftovers) await this.discard(blob)
    await this.write({ resume: null, doomed: [] })
  }

  async isSuperseded(): Promise<boolean> {
    return (await readAttempts(this.bus, this.runId)).record.begun !== this.record.begun
  }
}

/** Takes a run from the worker that has it, if one does: not counted, and from where it left off another goes on. */
export async function fenceOff(bus: Bus, runId: string): Promise<void> {
  for (;;) {
    const { record, revision } = await readAttempts(bus, runId)
    if (!record.running || record.ended) return
    const fenced = { ...record, begun: record.begun + 1, handedBack: record.handedBack + 1, running: false }
    try {
      await writeAttempts(bus, runId, fenced, revision)
      return
    } catch (error) {
      if (!isConflict(error)) throw error
    }
  }
}

/**
 * Ends a run that no worker has at the moment, so that none will begin it again. What it saved stays on record.
 * @returns null where a worker has it.
 */
export async function endIdleRun(
  bus: Bus,
  runId: string,
): Promise<{ readonly lastAttempt: number; readonly hasLeftovers: boolean } | null> {
  const { record, revision } = await readAttempts(bus, runId)
  if (record.running) return null
  try {
    if (!record.ended) await writeAttempts(bus, runId, { ...record, ended: true }, revision)
    return { lastAttempt: record.begun, hasLeftovers: leftoversOf(record).length > 0 }
  } catch (error) {
    if (isConflict(error)) return null
    throw error
  }
}
