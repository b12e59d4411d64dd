import type { IngestedSample, IngestOutput } from '@lethe/bus'
import { announce, newId, type Tx, toJson } from '@lethe/db'
import { DomainError, type EvidenceEntry } from '@lethe/domain'
import type { Recording } from './recording.js'

const rowsPerInsert = 2000

/** Freezes the dataset version: its pack, its samples and whose they are. */
export async function recordIngest(
  { tx, run, now }: Recording,
  output: IngestOutput,
  samples: IngestedSample[],
): Promise<EvidenceEntry[]> {
  const { tenantId, datasetVersionId } = run
  if (datasetVersionId === null)
    throw new DomainError('RESULT_MISMATCH', 'The run names no dataset version.', 'datasetVersionId')
  if (samples.length !== output.sampleCount)
    throw new DomainError(
      'SAMPLES_MALFORMED',
      `The result speaks of ${output.sampleCount} samples and lists ${samples.length}.`,
      'output.sampleCount',
    )
  const version = await tx.datasetVersion.update({
    where: { tenantId_id: { tenantId, id: datasetVersionId } },
    data: {
      state: 'READY',
      packDigest: output.pack.digest,
      packSize: output.pack.size,
      samplesDigest: output.samples.digest,
      samplesSize: output.samples.size,
      sampleCount: output.sampleCount,
      exactDuplicates: output.exactDuplicates,
      nearDuplicates: output.nearDuplicates,
      quarantinedCount: output.quarantinedCount,
      quarantined: toJson(output.quarantined),
      readyAt: now,
    },
  })
  const owners = await ownerIds(tx, tenantId, samples, now)
  for (let from = 0; from < samples.length; from += rowsPerInsert)
    await tx.sample.createMany({
      data: samples.slice(from, from + rowsPerInsert).map((sample) => ({
        tenantId,
        datasetVersionId,
        index: sample.index,
        contentId: sample.contentId,
        key: sample.key,
        label: sample.label,
        group: sample.group,
        ownerId: owners.get(sample.owner) ?? '',
        split: sample.split,
        nearDuplicateOf: sample.nearDuplicateOf,
        look: sample.look === undefined ? null : new Uint8Array(Buffer.from(sample.look, 'base64')),
      })),
    })
  await announce(tx, { tenantId, aggregate: 'dataset', id: version.datasetId, now })
  return [
    {
      kind: 'dataset-registered/v1',
      subjects: [{ name: `dataset-version/${version.id}/pack`, digest: { sha256: output.pack.digest } }],
      predicate: {
        datasetId: version.datasetId,
        datasetVersionId: version.id,
        number: version.number,
        imageSize: version.imageSize,
        samples: output.sampleCount,
        exactDuplicates: output.exactDuplicates,
        nearDuplicates: output.nearDuplicates,
        quarantined: output.quarantinedCount,
        // On record before anything is trained on these samples.
        ...(output.twins ? { twins: output.twins } : {}),
      },
    },
  ]
}

/** Data owners by the key that the tenant knows them by; new ones are made. */
async function ownerIds(tx: Tx, tenantId: string, samples: IngestedSample[], now: Date): Promise<Map<string, string>> {
  const keys = [...new Set(samples.map(({ owner }) => owner))]
  await tx.dataOwner.createMany({
    data: keys.map((subjectKey) => ({ id: newId(), tenantId, subjectKey, createdAt: now })),
    skipDuplicates: true,
  })
  const owners = await tx.dataOwner.findMany({
    where: { tenantId, subjectKey: { in: keys } },
    select: { id: true, subjectKey: true },
  })
  return new Map(owners.map(({ id, subjectKey }) => [subjectKey, id]))
}
