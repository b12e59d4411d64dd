import { isConflict, leftoversOf, readAttempts, writeAttempts } from './attempt-record.js'
import type { Bus } from './bus.js'
import type { BlobRef } from './contracts/blobs.js'

/**
 * Ends a run on the bus for good and deletes whatever it saved to resume from; for runs that have ended on record. A
 * worker that has it without knowing so is fenced off. Repeating it changes nothing.
 *
 * @returns how many blobs were deleted, or found to be named still
 */
export async function eraseResumePoints(
  bus: Bus,
  runId: string,
  discard: (blob: BlobRef) => Promise<unknown>,
): Promise<number> {
  for (;;) {
    const { record, revision } = await readAttempts(bus, runId)
    const leftovers = leftoversOf(record)
    // A run that no worker ever began has no record.
    if (leftovers.length === 0 && (record.ended || record.begun === 0)) return 0
    try {
      const ended = { ...record, ended: true, running: false }
      const fenced = await writeAttempts(bus, runId, ended, revision)
      for (const blob of leftovers) await discard(blob)
      await writeAttempts(bus, runId, { ...ended, resume: null, doomed: [] }, fenced)
      return leftovers.length
    } catch (error) {
      if (!isConflict(error)) throw error
    }
  }
}

/** Blobs that a run is on record as having saved, or being about to save, to resume from. */
export const readResumePoints = async (bus: Bus, runId: string): Promise<readonly BlobRef[]> =>
  leftoversOf((await readAttempts(bus, runId)).record)

/** Whether the embedding service is told to serve the version. */
export async function isDeployed(bus: Bus, modelVersionId: string): Promise<boolean> {
  const entry = await bus.deployments.get(modelVersionId)
  return entry !== null && entry.operation === 'PUT'
}
