import type { ErasureState } from '@lethe/domain'
import { z } from 'zod'
import type { Tx } from '../database.js'
import { databaseError } from '../errors.js'

/** A forget set by its blob. */
export const ForgetSetRef = z.object({ digest: z.string(), size: z.number() })
export type ForgetSetRef = z.infer<typeof ForgetSetRef>

export const parseExcluded = (excluded: unknown): ForgetSetRef[] => z.array(ForgetSetRef).parse(excluded)

/** Requests whose data must not be learned any more: everything that was received and not turned down or taken back. */
const standing: readonly ErasureState[] = [
  'RECEIVED',
  'IDENTITY_PENDING',
  'VERIFIED',
  'PLANNED',
  'APPROVED',
  'UNLEARNING',
  'AUDITING',
  'ERASING',
  'BLOCKED',
  'FULFILLED',
]

/** What a training that starts now must leave out: forget sets of standing requests that touch the dataset version's pack. */
export async function standingForgetSets(
  tx: Tx,
  input: { tenantId: string; datasetVersionId: string },
): Promise<ForgetSetRef[]> {
  const version = { datasetVersionId: input.datasetVersionId, excluded: [] }
  const sets = await learnedForgetSets(tx, { tenantId: input.tenantId, version, states: standing })
  return setsInPack(tx, { ...input, sets: sets.map(({ digest, size }) => ({ digest, size })) })
}

/**
 * Those of these forget sets of which the pack of the dataset version still holds a sample. What was erased is in no pack
 * any more, and its set is gone, too: a task must not name it.
 */
export async function setsInPack(
  tx: Tx,
  input: { tenantId: string; datasetVersionId: string; sets: readonly ForgetSetRef[] },
): Promise<ForgetSetRef[]> {
  const rows = await tx.$queryRaw<{ digest: string }[]>`
    SELECT DISTINCT r.forget_digest AS digest
    FROM erasure_request r
    JOIN forget_set_sample f ON f.tenant_id = r.tenant_id AND f.request_id = r.id
    JOIN sample s ON s.tenant_id = f.tenant_id AND s.content_id = f.content_id
    WHERE r.tenant_id = ${input.tenantId}::uuid
      AND r.forget_digest = ANY (${input.sets.map(({ digest }) => digest)}::text[])
      AND s.dataset_version_id = ${input.datasetVersionId}::uuid AND s.index >= 0`
  const present = new Set(rows.map(({ digest }) => digest))
  return input.sets.filter(({ digest }) => present.has(digest))
}

export interface LearnedForgetSet extends ForgetSetRef {
  readonly requestId: string
  readonly requestNumber: number
}

/**
 * Forget sets of requests in these states that a version has learned from: at least one of their samples is in its
 * training data and in none of the sets that the version excludes.
 */
export async function learnedForgetSets(
  tx: Tx,
  input: {
    tenantId: string
    version: { readonly datasetVersionId: string; readonly excluded: unknown }
    states: readonly ErasureState[]
  },
): Promise<LearnedForgetSet[]> {
  const { tenantId, version, states } = input
  const excluded = parseExcluded(version.excluded).map(({ digest }) => digest)
  const rows = await tx.$queryRaw<{ id: string; number: number; digest: string; size: bigint }[]>`
    SELECT r.id, r.number, r.forget_digest AS digest, r.forget_size AS size
    FROM erasure_request r
    WHERE r.tenant_id = ${tenantId}::uuid AND r.state = ANY (${[...states]}::text[])
      AND NOT r.forget_digest = ANY (${excluded}::text[])
      AND EXISTS (
        SELECT FROM forget_set_sample f
        JOIN sample s ON s.tenant_id = f.tenant_id AND s.content_id = f.content_id
        WHERE f.tenant_id = r.tenant_id AND f.request_id = r.id
          AND s.dataset_version_id = ${version.datasetVersionId}::uuid AND s.split = 'train'
          AND NOT EXISTS (
            SELECT FROM forget_set_sample g
            JOIN erasure_request q ON q.tenant_id = g.tenant_id AND q.id = g.request_id
            WHERE g.tenant_id = f.tenant_id AND g.content_id = f.content_id
              AND q.forget_digest = ANY (${excluded}::text[])))
    ORDER BY r.number`
  return rows.map(({ id, number, digest, size }) => ({
    requestId: id,
    requestNumber: number,
    digest,
    size: Number(size),
  }))
}

export interface AffectedVersion {
  readonly modelVersionId: string
  readonly modelId: string
  readonly number: number
  readonly state: string
  /** How many of the samples the version learned from. */
  readonly learnedCount: number
}

/**
 * Which versions learned from these samples and serve or still could (TRAINING, READY, PRODUCTION). Samples in a forget
 * set that the version excludes do not count. Baselines kept for comparison never serve; neither does a candidate of a
 * plan that is under way, unless its own audit lets it, and then only if it remembers nothing that was forgotten.
 */
export async function affectedVersions(
  tx: Tx,
  input: { tenantId: string; contentIds: readonly string[] },
): Promise<AffectedVersion[]> {
  const rows = await tx.$queryRaw<{ id: string; model_id: string; number: number; state: string; learned: bigint }[]>`
    SELECT v.id, v.model_id, v.number, v.state, count(*) AS learned
    FROM model_version v
    JOIN sample s ON s.tenant_id = v.tenant_id AND s.dataset_version_id = v.dataset_version_id
    WHERE v.tenant_id = ${input.tenantId}::uuid AND v.origin <> 'comparison'
      AND v.state IN ('TRAINING', 'READY', 'PRODUCTION')
      AND s.split = 'train' AND s.content_id = ANY (${[...input.contentIds]}::text[])
      AND NOT EXISTS (
        SELECT FROM plan_item p
        WHERE p.tenant_id = v.tenant_id AND p.result_version_id = v.id AND p.state <> 'DONE')
      AND NOT EXISTS (
        SELECT FROM forget_set_sample g
        JOIN erasure_request q ON q.tenant_id = g.tenant_id AND q.id = g.request_id
        WHERE g.tenant_id = v.tenant_id AND g.content_id = s.content_id
          AND v.excluded @> jsonb_build_array(jsonb_build_object('digest', q.forget_digest)))
    GROUP BY v.tenant_id, v.id, v.model_id, v.number, v.state
    ORDER BY v.model_id, v.number`
  return rows.map((row) => ({
    modelVersionId: row.id,
    modelId: row.model_id,
    number: row.number,
    state: row.state,
    learnedCount: Number(row.learned),
  }))
}

/** The forget sets of these requests in their order; sets that are the same are one. */
export async function forgetSetsOf(
  tx: Tx,
  input: { tenantId: string; requestIds: readonly string[] },
): Promise<[ForgetSetRef, ...ForgetSetRef[]]> {
  const { tenantId, requestIds } = input
  const requests = await tx.erasureRequest.findMany({ where: { tenantId, id: { in: [...requestIds] } } })
  const byId = new Map(requests.map((request) => [request.id, request]))
  const sets = new Map<string, ForgetSetRef>()
  for (const id of requestIds) {
    const request = byId.get(id)
    if (!request) throw databaseError('NOT_FOUND', 'There is no such erasure request.', 'erasureRequestId')
    const { forgetDigest: digest, forgetSize } = request
    sets.set(digest, { digest, size: Number(forgetSize) })
  }
  const [first, ...others] = sets.values()
  if (first === undefined) throw new Error('Forget sets of no request were asked for.')
  return [first, ...others]
}

/**
 * How many samples of these requests' forget sets a version learned from and its pack still holds: in the train split,
 * and in no set that the version excludes.
 */
export async function countLearned(
  tx: Tx,
  input: {
    tenantId: string
    requestIds: readonly string[]
    version: { readonly datasetVersionId: string; readonly excluded: unknown }
  },
): Promise<number> {
  const { tenantId, version } = input
  const excluded = parseExcluded(version.excluded).map(({ digest }) => digest)
  const [row] = await tx.$queryRaw<{ learned: bigint }[]>`
    SELECT count(*) AS learned FROM sample s
    WHERE s.tenant_id = ${tenantId}::uuid AND s.dataset_version_id = ${version.datasetVersionId}::uuid
      AND s.split = 'train' AND s.index >= 0
      AND EXISTS (
        SELECT FROM forget_set_sample f
        WHERE f.tenant_id = s.tenant_id AND f.content_id = s.content_id
          AND f.request_id = ANY (${[...input.requestIds]}::uuid[]))
      AND NOT EXISTS (
        SELECT FROM forget_set_sample g
        JOIN erasure_request q ON q.tenant_id = g.tenant_id AND q.id = g.request_id
        WHERE g.tenant_id = s.tenant_id AND g.content_id = s.content_id
          AND q.forget_digest = ANY (${excluded}::text[]))`
  return Number(row?.learned ?? 0)
}
