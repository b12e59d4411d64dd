import { setImmediate } from 'node:timers/promises'
import { Intake, type IngestedDataset, type IngestOptions, type SourceDefaults } from './intake.js'
import { isFault, type Fault, type SourceSample } from './sources/sample-source.js'

/** Pictures decoded at once. */
const BATCH = 16

/**
 * Makes a dataset of any source: decodes, counts exact duplicates and keeps one, names near-duplicates, quarantines
 * what cannot be used with its reason. The label is the caption, else the class, else `unlabelled`. Owner and split,
 * where the source says none, follow `SourceDefaults`.
 * Memory: the pack itself, one batch of pictures, and what the source keeps.
 * @throws DomainError DATASET_* and whatever the source throws; the signal's reason when aborted.
 */
export async function ingestSource(
  source: AsyncIterable<SourceSample | Fault>,
  options: IngestOptions & SourceDefaults,
): Promise<IngestedDataset> {
  const intake = new Intake(options)
  let batch: SourceSample[] = []
  for await (const item of source) {
    options.signal?.throwIfAborted()
    if (isFault(item)) intake.quarantine(item)
    else batch.push(item)
    if (batch.length < BATCH) continue
    await intake.accept(batch)
    batch = []
    // A source in memory never waits: without this nothing else would run, and no abort be heard, until its end.
    await setImmediate()
  }
  await intake.accept(batch)
  return intake.finish()
}
