import type { Tx } from '../../database.js'
import type { DatasetVersion } from '../../generated/client.js'

/** A dataset version that holds samples of a request's forget set. */
export interface AffectedData {
  readonly version: DatasetVersion
  /** For people: the dataset's name and the version's number. */
  readonly label: string
  /** Rows of the forget set, in whatever split. */
  readonly rows: number
  /** Of these, rows whose pictures the pack still holds. */
  readonly inPack: number
}

/** Every dataset version of the tenant, of whatever dataset, with samples of the request's forget set. */
export async function readAffectedData(
  tx: Tx,
  input: { tenantId: string; requestId: string },
): Promise<AffectedData[]> {
  const { tenantId, requestId } = input
  const counts = await tx.$queryRaw<{ id: string; rows: bigint; in_pack: bigint }[]>`
    SELECT s.dataset_version_id AS id, count(*) AS rows, count(*) FILTER (WHERE s.index >= 0) AS in_pack
    FROM forget_set_sample f
    JOIN sample s ON s.tenant_id = f.tenant_id AND s.content_id = f.content_id
    WHERE f.tenant_id = ${tenantId}::uuid AND f.request_id = ${requestId}::uuid
    GROUP BY s.dataset_version_id`
  const versions = await tx.datasetVersion.findMany({
    where: { tenantId, id: { in: counts.map(({ id }) => id) } },
    include: { dataset: { select: { name: true } } },
    orderBy: [{ datasetId: 'asc' }, { number: 'asc' }],
  })
  const byId = new Map(counts.map((row) => [row.id, row]))
  return versions.map(({ dataset, ...version }) => ({
    version,
    label: labelOf(dataset.name, version.number),
    rows: Number(byId.get(version.id)?.rows ?? 0),
    inPack: Number(byId.get(version.id)?.in_pack ?? 0),
  }))
}

/** Uploads that could not be read, so that nobody knows whom they hold, and that are of no use. */
export async function readUnreadUploads(
  tx: Tx,
  tenantId: string,
): Promise<{ version: DatasetVersion; label: string }[]> {
  const versions = await tx.datasetVersion.findMany({
    where: { tenantId, state: 'FAILED', uploadDestroyedAt: null },
    include: { dataset: { select: { name: true } } },
    orderBy: [{ datasetId: 'asc' }, { number: 'asc' }],
  })
  return versions.map(({ dataset, ...version }) => ({ version, label: labelOf(dataset.name, version.number) }))
}

const labelOf = (dataset: string, number: number): string => `${dataset}, version ${number}`
