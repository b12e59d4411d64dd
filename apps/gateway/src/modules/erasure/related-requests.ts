import { announceEach, type ErasureLink, type Tx } from '@lethe/db'
import type { ErasureRelation, ErasureState } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { shapeErasureRequest } from './erasure.shape.js'
import { type ErasureRequest, RelatedErasure } from './erasure.types.js'

export interface Related {
  readonly earlierId: string
  readonly relation: ErasureRelation
  /** Samples that both name. */
  readonly sharedCount: number
}

const closed = ['FULFILLED', 'REJECTED', 'WITHDRAWN'] as const satisfies readonly ErasureState[]

/**
 * Finds the open requests that ask for the same as a new one, and links them: they are shown together and can share a run.
 * Nothing else follows; in particular each is verified by itself.
 */
export async function linkRelated(
  tx: Tx,
  input: { tenantId: string; requestId: string; now: Date },
): Promise<Related[]> {
  const { tenantId, requestId, now } = input
  const rows = await tx.$queryRaw<{ id: string; is_same: boolean; shared: bigint }[]>`
    SELECT e.id, e.forget_digest = r.forget_digest AS is_same, (
      SELECT count(*) FROM forget_set_sample a
      JOIN forget_set_sample b ON b.tenant_id = a.tenant_id AND b.content_id = a.content_id
      WHERE a.tenant_id = r.tenant_id AND a.request_id = r.id AND b.request_id = e.id) AS shared
    FROM erasure_request r
    JOIN erasure_request e ON e.tenant_id = r.tenant_id AND e.id <> r.id
    WHERE r.tenant_id = ${tenantId}::uuid AND r.id = ${requestId}::uuid AND e.state <> ALL (${[...closed]}::text[])
      AND (e.owner_id = r.owner_id OR EXISTS (
        SELECT FROM forget_set_sample a
        JOIN forget_set_sample b ON b.tenant_id = a.tenant_id AND b.content_id = a.content_id
        WHERE a.tenant_id = r.tenant_id AND a.request_id = r.id AND b.request_id = e.id))
    ORDER BY e.number`
  const related = rows.map(({ id, is_same, shared }): Related => ({
    earlierId: id,
    relation: is_same ? 'SAME_SET' : shared > 0n ? 'OVERLAPPING_SET' : 'SAME_SUBJECT',
    sharedCount: Number(shared),
  }))
  await tx.erasureLink.createMany({ data: related.map((link) => ({ tenantId, requestId, ...link })) })
  await announceEach(tx, { tenantId, aggregate: 'erasure-request', ids: related.map((link) => link.earlierId), now })
  return related
}

/** Requests that ask for the same, of those that the viewer may see, earliest first. */
export async function readRelated({ loaders }: Scope, request: ErasureRequest): Promise<RelatedErasure[]> {
  const links = await loaders.linksOfRequest.load(request.id)
  const otherOf = ({ requestId, earlierId }: ErasureLink) => (requestId === request.id ? earlierId : requestId)
  const found = await Promise.all(
    links.map(async (link) => ({ link, row: await loaders.erasureRequest.load(otherOf(link)) })),
  )
  return found
    .flatMap(({ link, row }) => (row === null ? [] : [{ link, row }]))
    .sort((a, b) => a.row.number - b.row.number)
    .map(({ link, row }) =>
      shape(RelatedErasure, {
        relation: link.relation as ErasureRelation,
        sharedCount: link.sharedCount,
        request: shapeErasureRequest(row),
      }),
    )
}
