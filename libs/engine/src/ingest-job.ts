import { ingestWebDataset } from '@lethe/datasets'
import type { JobControl } from './job-control.js'
import type { Job, JobResult } from './protocol.js'

const longest = { key: 512, reason: 500 }

export async function runIngestJob(
  { upload, imageSize, twins }: Extract<Job, { kind: 'ingest' }>,
  { signal, onProgress }: JobControl,
): Promise<JobResult> {
  const dataset = await ingestWebDataset(upload, {
    imageSize,
    signal,
    ...(twins === undefined ? {} : { twins }),
    // How many samples an archive holds is not known before its end: the fraction only grows.
    onProgress: (seen) => onProgress({ phase: 'decode', fraction: 1 - 1 / (1 + seen / 500), step: seen }),
  })
  const lines = dataset.samples.map((sample) => `${JSON.stringify(sample)}\n`).join('')
  return {
    kind: 'ingest',
    pack: dataset.pack,
    samples: new TextEncoder().encode(lines),
    sampleCount: dataset.samples.length,
    exactDuplicates: dataset.exactDuplicates,
    nearDuplicates: dataset.nearDuplicates,
    quarantined: dataset.quarantined.map(({ key, reason }) => ({
      key: key.slice(0, longest.key),
      reason: reason.slice(0, longest.reason),
    })),
    quarantinedCount: dataset.quarantinedCount,
    twins: dataset.twins,
    twinSeed: dataset.twins === null ? null : (twins?.seed ?? null),
  }
}
