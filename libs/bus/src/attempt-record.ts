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
  /** Blobs that are announced and not yet stored, or replaced and not yet deleted: whoever comes next deletes them. */
  doomed: z.array(BlobRef),
})
export type AttemptRecord = z.infer<typeof AttemptRecord>

const fresh: AttemptRecord = {
  version: 1,
  begun: 0,
  handedBack: 0,
  running: false,
  ended: false,
  resume: null,
  doomed: [],
}

export async function readAttempts(bus: Bus, runId: string): Promise<{ record: AttemptRecord; revision: number }> {
  const entry = await bus.attempts.get(runId)
  if (!entry) return { record: fresh, revision: 0 }
  // A deleted key still has a revision that the next write must name.
  if (entry.operation !== 'PUT') return { record: fresh, revision: entry.revision }
  return { record: decodeMessage(AttemptRecord, entry.value), revision: entry.revision }
}

/** Returns the new revision; refused where somebody has written since the revision that was read. */
export const writeAttempts = (bus: Bus, runId: string, record: AttemptRecord, revision: number): Promise<number> =>
  bus.attempts.put(runId, JSON.stringify(record), { previousSeq: revision })

/** Wrong last sequence, in the two ways that servers say it. */
export const isConflict = (error: unknown): boolean =>
  error instanceof JetStreamApiError && (error.code === 10071 || error.code === 10164)

/** Everything that the run has stored, or may have stored, to resume from. */
export const leftoversOf = ({ resume, doomed }: AttemptRecord): BlobRef[] => [
  ...doomed.filter(({ digest }) => digest !== resume?.digest),
  ...(resume ? [resume] : []),
]
