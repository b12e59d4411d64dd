import { type AggregateChanged, followEvents } from '@lethe/bus'
import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { followWhileSignedIn, forgetReads } from '../../graphql/follow.js'
import { isUuid } from '../../graphql/page.js'
import { shapeErasureRequest } from './erasure.shape.js'
import type { ErasureRequest } from './erasure.types.js'

/** The request as it is, then again after each change of it, its runs, audits or evidence. */
export async function followRequest(scope: Scope, id: string): Promise<AsyncIterableIterator<ErasureRequest>> {
  const { tenantId, services, loaders } = scope
  if ((await loaders.erasureRequest.load(id)) === null)
    throw new DomainError('NOT_FOUND', 'There is no such erasure request.', 'id')
  const read = async (): Promise<ErasureRequest | null> => {
    forgetReads(scope)
    const row = await loaders.erasureRequest.load(id)
    return row && shapeErasureRequest(row)
  }
  return followWhileSignedIn(scope, async function* (signal) {
    // Followed before it is read, so that no change falls between the two.
    const events = followEvents(services.bus, { scope: { tenantId }, from: 'new', signal })
    const pending = events.next()
    const first = await read()
    if (first) yield first
    for (let next = await pending; !next.done; next = await events.next()) {
      if (next.value.type !== 'changed' || !(await concerns(scope, next.value.event, id))) continue
      const request = await read()
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
