import type { Tx } from '../database.js'

/** Above any row of a pack, so that rows on their way to a new number meet none that has it. */
const aside = 1_000_000_000

/**
 * Numbers the rows of a dataset version anew, as they lie in a pack without the forget set of this request. Forgotten
 * rows get negative numbers: what derives from them can still be found until they go too. No other sample names a
 * forgotten one as the one it resembles any more.
 */
export async function redactSamples(
  tx: Tx,
  input: { tenantId: string; datasetVersionId: string; requestId: string },
): Promise<{ removed: number; remaining: number }> {
  const { tenantId, datasetVersionId, requestId } = input
  const removed = await tx.$executeRaw`
    UPDATE sample s SET index = t.tombstone
    FROM (
      SELECT f.content_id,
             (SELECT least(min(a.index), 0) FROM sample a
               WHERE a.tenant_id = ${tenantId}::uuid AND a.dataset_version_id = ${datasetVersionId}::uuid)
             - row_number() OVER (ORDER BY r.index)::int AS tombstone
      FROM forget_set_sample f
      JOIN sample r ON r.tenant_id = f.tenant_id AND r.content_id = f.content_id
      WHERE f.tenant_id = ${tenantId}::uuid AND f.request_id = ${requestId}::uuid
        AND r.dataset_version_id = ${datasetVersionId}::uuid AND r.index >= 0) t
    WHERE s.tenant_id = ${tenantId}::uuid AND s.dataset_version_id = ${datasetVersionId}::uuid
      AND s.content_id = t.content_id`
  await tx.$executeRaw`
    UPDATE sample s SET index = ${aside}::int + t.row
    FROM (
      SELECT content_id, row_number() OVER (ORDER BY index)::int - 1 AS row FROM sample
      WHERE tenant_id = ${tenantId}::uuid AND dataset_version_id = ${datasetVersionId}::uuid AND index >= 0) t
    WHERE s.tenant_id = ${tenantId}::uuid AND s.dataset_version_id = ${datasetVersionId}::uuid
      AND s.content_id = t.content_id`
  const remaining = await tx.$executeRaw`
    UPDATE sample SET index = index - ${aside}::int
    WHERE tenant_id = ${tenantId}::uuid AND dataset_version_id = ${datasetVersionId}::uuid AND index >= ${aside}::int`
  await tx.$executeRaw`
    UPDATE sample SET near_duplicate_of = NULL
    WHERE tenant_id = ${tenantId}::uuid AND near_duplicate_of IN (
      SELECT content_id FROM forget_set_sample
      WHERE tenant_id = ${tenantId}::uuid AND request_id = ${requestId}::uuid)`
  return { removed, remaining }
}
