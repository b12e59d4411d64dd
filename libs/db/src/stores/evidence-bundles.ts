import type { Database, Tx } from '../database.js'
import type { Evidence, EvidenceBundle } from '../generated/client.js'
import { newId } from '../new-id.js'
import { announce, toJson } from '../outbox.js'
import { lockName } from './lock.js'
import { notify } from './notices.js'

interface BundleKey {
  readonly tenantId: string
  readonly id: string
}

const lockBundlesOf = (tx: Tx, requestId: string) => lockName(tx, `evidence-bundle:${requestId}`)

/**
 * Asks for a bundle of all that is on record of a request when the transaction has committed. One that is waiting and has
 * not yet chosen its size of the log will hold the same, and is given instead of another.
 */
export async function queueBundle(
  tx: Tx,
  input: { tenantId: string; requestId: string; requestedBy: string | null; now: Date },
): Promise<{ id: string }> {
  const { tenantId, requestId, requestedBy, now } = input
  await lockBundlesOf(tx, requestId)
  const waiting = await tx.evidenceBundle.findFirst({
    where: { tenantId, requestId, state: 'QUEUED', logSize: null },
    select: { id: true },
  })
  if (waiting) return waiting
  const id = newId(now.getTime())
  // Without the columns that this login may not set.
  await tx.$executeRaw`
    INSERT INTO evidence_bundle (id, tenant_id, request_id, requested_by, requested_at)
    VALUES (${id}::uuid, ${tenantId}::uuid, ${requestId}::uuid, ${requestedBy}::uuid, ${now})`
  await announce(tx, { tenantId, aggregate: 'erasure-request', id: requestId, now })
  return { id }
}

/** Bundles of every tenant that wait to be made, oldest first. The registrar's login only. */
export async function readBundleQueue(database: Database): Promise<BundleKey[]> {
  const { rows } = await database.pool.query<BundleKey>(
    'SELECT tenant_id AS "tenantId", bundle_id AS id FROM bundle_queue()',
  )
  return rows
}

export type PinnedBundle = EvidenceBundle & { readonly logSize: bigint; readonly pinnedAt: Date }

/**
 * Begins an attempt: counts it and, at the first, chooses the newest size of the log that covers all that is on record of
 * the request. Later attempts find the same size and so make the same bundle.
 *
 * @param input.preferred sizes that are better than the newest, if they cover it: those that a witness has seen
 * @returns `settled` when there is nothing to do any more, `uncovered` while no checkpoint covers the request's evidence
 */
export async function beginBundle(
  tx: Tx,
  input: BundleKey & { now: Date; preferred?: readonly bigint[] },
): Promise<PinnedBundle | 'settled' | 'uncovered'> {
  const { tenantId, id, now, preferred = [] } = input
  const where = { tenantId_id: { tenantId, id } }
  const { requestId } = await tx.evidenceBundle.findUniqueOrThrow({ where, select: { requestId: true } })
  await lockBundlesOf(tx, requestId)
  const bundle = await tx.evidenceBundle.findUniqueOrThrow({ where })
  if (bundle.state !== 'QUEUED') return 'settled'
  const size = bundle.logSize ?? (await coveringSize(tx, { tenantId, requestId, preferred }))
  if (size === null) return 'uncovered'
  const pinned = await tx.evidenceBundle.update({
    where,
    data: { attempts: { increment: 1 }, logSize: size, pinnedAt: bundle.pinnedAt ?? now },
  })
  return { ...pinned, logSize: size, pinnedAt: pinned.pinnedAt ?? now }
}

async function coveringSize(
  tx: Tx,
  { tenantId, requestId, preferred }: { tenantId: string; requestId: string; preferred: readonly bigint[] },
): Promise<bigint | null> {
  const last = await tx.evidence.findFirst({
    where: { tenantId, requestId },
    orderBy: { seq: 'desc' },
    select: { seq: true },
  })
  const newestOf = async (sizes: { gte: bigint; in?: bigint[] }) =>
    (await tx.logCheckpoint.findFirst({ where: { tenantId, size: sizes }, orderBy: { size: 'desc' } }))?.size ?? null
  const gte = last?.seq ?? 1n
  return (await newestOf({ gte, in: [...preferred] })) ?? (await newestOf({ gte }))
}

export type BundleOutcome =
  | { readonly state: 'READY'; readonly digest: string; readonly size: number }
  | { readonly state: 'FAILED'; readonly failure: { readonly code: string; readonly message: string } }

/** Writes down what came of it, once: a bundle that is settled stays as it is. */
export async function settleBundle(
  tx: Tx,
  { tenantId, id, now, outcome }: BundleKey & { now: Date; outcome: BundleOutcome },
): Promise<void> {
  const result =
    outcome.state === 'READY'
      ? { state: outcome.state, digest: outcome.digest, size: BigInt(outcome.size) }
      : { state: outcome.state, failure: toJson(outcome.failure) }
  const { count } = await tx.evidenceBundle.updateMany({
    where: { tenantId, id, state: 'QUEUED' },
    data: { ...result, settledAt: now },
  })
  if (count === 0) return
  const { requestId } = await tx.evidenceBundle.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id } },
    select: { requestId: true },
  })
  await announce(tx, { tenantId, aggregate: 'erasure-request', id: requestId, now })
  const about = { tenantId, requestId, now }
  if (outcome.state === 'READY') await notify(tx, { ...about, kind: 'bundle.ready', data: { bundleId: id } })
  else await notify(tx, { ...about, kind: 'bundle.failed', data: { bundleId: id, code: outcome.failure.code } })
}

type BundledRow = Pick<Evidence, 'seq' | 'kind' | 'body'>

const ofVersions = ['model-trained/v1', 'model-unlearned/v1', 'model-promoted/v1']
const ofDatasets = ['dataset-registered/v1', 'dataset-redacted/v1']

/**
 * What a bundle of a request holds of a log of `upTo` entries, in order: everything on record of the request; how the model
 * versions that it touched came to be and what served when; what their datasets were; and every change of the log's key.
 */
export async function readBundledEvidence(
  tx: Tx,
  input: { tenantId: string; requestId: string; upTo: bigint },
): Promise<BundledRow[]> {
  const { tenantId, requestId, upTo } = input
  return tx.$queryRaw<BundledRow[]>`
    WITH own AS (
      SELECT seq, kind, body, model_versions, payload FROM evidence
      WHERE tenant_id = ${tenantId}::uuid AND request_id = ${requestId}::uuid AND seq <= ${upTo}
    ), made AS (
      SELECT seq, kind, body, payload FROM evidence
      WHERE tenant_id = ${tenantId}::uuid AND seq <= ${upTo} AND kind = ANY (${ofVersions})
        AND model_versions && ARRAY(SELECT unnest(model_versions) FROM own)
    ), datasets AS (
      SELECT payload #>> '{predicate,data,datasetVersionId}' AS id FROM made
      UNION SELECT payload #>> '{predicate,datasetVersionId}' FROM own
    )
    SELECT seq, kind, body FROM own
    UNION SELECT seq, kind, body FROM made
    UNION SELECT seq, kind, body FROM evidence
      WHERE tenant_id = ${tenantId}::uuid AND seq <= ${upTo} AND kind = ANY (${ofDatasets})
        AND payload #>> '{predicate,datasetVersionId}' IN (SELECT id FROM datasets)
    UNION SELECT seq, kind, body FROM evidence
      WHERE tenant_id = ${tenantId}::uuid AND seq <= ${upTo} AND kind = 'log-key-rotated/v1'
    ORDER BY seq`
}
