import type { RedactOutput } from '@lethe/bus'
import { announce, redactSamples } from '@lethe/db'
import { DomainError, type EvidenceEntry } from '@lethe/domain'
import type { Recording } from './recording.js'

/** The redacted pack takes the old one's place, and rows point into the new one. The old pack still lies in the store. */
export async function recordRedaction(
  { tx, run, now }: Recording,
  output: RedactOutput,
  packBefore: string,
): Promise<EvidenceEntry[]> {
  const { tenantId, datasetVersionId, requestId } = run
  if (datasetVersionId === null || requestId === null)
    throw new DomainError('RESULT_MISMATCH', 'The run names no dataset version or no request.', 'datasetVersionId')
  const before = await tx.datasetVersion.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: datasetVersionId } },
  })
  if (before.packDigest !== packBefore)
    throw new DomainError('RESULT_MISMATCH', 'The run cut another pack than the dataset version has.', 'pack')
  const { removed, remaining } = await redactSamples(tx, { tenantId, datasetVersionId, requestId })
  if (removed !== output.removed || remaining !== output.remaining)
    throw new DomainError(
      'RESULT_MISMATCH',
      `The pack lost ${output.removed} samples and has ${output.remaining}; on record are ${removed} and ${remaining}.`,
      'output.removed',
    )
  const nearDuplicates = await tx.sample.count({
    where: { tenantId, datasetVersionId, index: { gte: 0 }, nearDuplicateOf: { not: null } },
  })
  await tx.datasetVersion.update({
    where: { tenantId_id: { tenantId, id: datasetVersionId } },
    data: {
      packDigest: output.pack?.digest ?? null,
      packSize: output.pack?.size ?? null,
      sampleCount: remaining,
      redactedCount: before.redactedCount + removed,
      nearDuplicates,
      ...(output.pack === null ? { state: 'ERASED' } : {}),
    },
  })
  await announce(tx, { tenantId, aggregate: 'dataset', id: before.datasetId, now })
  await announce(tx, { tenantId, aggregate: 'erasure-request', id: requestId, now })
  return [
    {
      kind: 'dataset-redacted/v1',
      subjects:
        output.pack === null
          ? []
          : [{ name: `dataset-version/${datasetVersionId}/pack`, digest: { sha256: output.pack.digest } }],
      erasureRequestId: requestId,
      predicate: {
        datasetId: before.datasetId,
        datasetVersionId,
        removed,
        samples: remaining,
        packBefore,
        packAfter: output.pack?.digest ?? null,
      },
    },
  ]
}
