import { followEvents } from '@lethe/bus'
import { mayDo, type Action } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { followWhileSignedIn } from '../../graphql/follow.js'
import { shape } from '../../graphql/node.js'
import { Change } from '../run/run.types.js'
import { visibleRequests } from '../erasure/visible-requests.js'

const actionOf: Record<string, Action> = {
  dataset: 'dataset:read',
  model: 'model:read',
  'erasure-request': 'erasure:read',
  run: 'run:read',
  audit: 'audit:read',
  evidence: 'evidence:read',
}

/** Ids of what changes in the tenant from now on, or has since the event that the viewer saw last, as far as the viewer may see it. */
export const followTenant = (scope: Scope): AsyncIterableIterator<Change> =>
  followWhileSignedIn(scope, async function* (signal) {
    const { services, tenantId, place } = scope
    const from = place.after ?? 'new'
    for await (const followed of followEvents(services.bus, { scope: { tenantId }, from, signal })) {
      if (followed.type !== 'changed') continue
      const { aggregate, id, at } = followed.event
      if (!(await maySee(scope, aggregate, id))) continue
      place.reached = followed.sequence
      yield shape(Change, { aggregate, id, at: new Date(at) })
    }
  })

async function maySee({ viewer, db }: Scope, aggregate: string, id: string): Promise<boolean> {
  const action = actionOf[aggregate]
  if (action === undefined || !mayDo(viewer.role, action)) return false
  if (viewer.role !== 'data_owner') return true
  const requestId =
    aggregate === 'audit' ? (await db.audit.findFirst({ where: { id }, select: { requestId: true } }))?.requestId : id
  if (requestId === undefined) return false
  return (await db.erasureRequest.count({ where: { id: requestId, ...visibleRequests(viewer) } })) > 0
}
