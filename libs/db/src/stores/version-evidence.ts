import type { Tx } from '../database.js'

const ofVersions = ['model-trained/v1', 'model-unlearned/v1', 'audit-completed/v1']
const ofDatasets = ['dataset-registered/v1', 'dataset-redacted/v1']

/**
 * Bodies of what is on record of a model version and all that it descends from, in order: how each was made, which audits
 * looked at it, and what its dataset was. Empty where nothing is.
 */
export async function readVersionEvidence(
  tx: Tx,
  { tenantId, modelVersionId }: { tenantId: string; modelVersionId: string },
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ body: string }[]>`
    WITH RECURSIVE lineage AS (
      SELECT id, parent_id, dataset_version_id FROM model_version
      WHERE tenant_id = ${tenantId}::uuid AND id = ${modelVersionId}::uuid
      UNION
      SELECT parent.id, parent.parent_id, parent.dataset_version_id FROM model_version AS parent
      JOIN lineage ON parent.tenant_id = ${tenantId}::uuid AND parent.id = lineage.parent_id
    )
    SELECT body FROM evidence
    WHERE tenant_id = ${tenantId}::uuid AND (
      (kind = ANY (${ofVersions}) AND model_versions && ARRAY(SELECT id FROM lineage))
      OR (kind = ANY (${ofDatasets})
          AND payload #>> '{predicate,datasetVersionId}' IN (SELECT dataset_version_id::text FROM lineage)))
    ORDER BY seq`
  return rows.map(({ body }) => body)
}

/** What the tenant calls these models and dataset versions, and whom the datasets name. By their ids. */
export async function readBomLabels(
  tx: Pick<Tx, 'model' | 'datasetVersion'>,
  made: readonly { modelId: string; data: { datasetVersionId: string } }[],
): Promise<{ models: Map<string, string>; datasets: Map<string, { name: string; attribution: string }> }> {
  const [models, versions] = await Promise.all([
    tx.model.findMany({
      where: { id: { in: made.map(({ modelId }) => modelId) } },
      select: { id: true, name: true },
    }),
    tx.datasetVersion.findMany({
      where: { id: { in: made.map(({ data }) => data.datasetVersionId) } },
      select: { id: true, dataset: { select: { name: true, attribution: true } } },
    }),
  ])
  return {
    models: new Map(models.map(({ id, name }) => [id, name])),
    datasets: new Map(versions.map(({ id, dataset }) => [id, dataset])),
  }
}
