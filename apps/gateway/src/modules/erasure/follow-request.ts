import { type AggregateChanged, followEvents, newestSequence } from '@lethe/bus'
import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { followWhileSignedIn, forgetReads } from '../../graphql/follow.js'
import { isUuid } from '../../graphql/page.js'
import { shapeErasureRequest } from './erasure.shape.js'
import type { ErasureRequest } from './erasure.types.js'

/**
 * The request as it is, then again after each change of it, its runs, audits or evidence; behind an event that the
 * viewer has seen, only what changed since.
 */
export async function followRequest(scope: Scope, id: string): Promise<AsyncIterableIterator<ErasureRequest>> {
  const { tenantId, services, loaders, place } = scope
  if ((await loaders.erasureRequest.load(id)) === null)
    throw new DomainError('NOT_FOUND', 'There is no such erasure request.', 'id')
  const read = async (): Promise<ErasureRequest | null> => {
    forgetReads(scope)
    const row = await loaders.erasureRequest.load(id)
    return row && shapeErasureRequest(row)
  }
  return followWhileSignedIn(scope, async function* (signal) {
    // The place is taken before the request is read, so that no change falls between the two.
    const from = place.after ?? (await newestSequence(services.bus))
    const first = place.after === null ? await read() : null
    place.reached = from
    if (first) yield first
    for await (const { sequence, type, event } of followEvents(services.bus, { scope: { tenantId }, from, signal })) {
      if (type !== 'changed' || !(await concerns(scope, event, id))) continue
      const request = await read()
      place.reached = sequence
      if (request) yield request
    }
  })
}

async function concerns({ db }: Scope, { aggregate, id }: AggregateChanged, requestId: string): Promise<boolean> {
  switch (aggregate) {
    case 'erasure-request':
      return id === requestId
    case 'run':
      return isUuid(id) && (await db.run.count({ where: { id, requestId } })) > 0
    case 'audit':
      return isUuid(id) && (await db.audit.count({ where: { id, requestId } })) > 0
    case 'evidence':
      return /^\d{1,15}$/.test(id) && (await db.evidence.count({ where: { seq: BigInt(id), requestId } })) > 0
    default:
      return false
  }
}
