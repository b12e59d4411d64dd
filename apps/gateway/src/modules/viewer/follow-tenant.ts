import { followEvents } from '@lethe/bus'
import type { Action } from '@lethe/domain'
import { may } from '../../access/may.js'
import type { Scope } from '../../context.js'
import { followWhileSignedIn, forgetReads } from '../../graphql/follow.js'
import { shape } from '../../graphql/node.js'
import { Change } from '../run/run.types.js'
import { seesAllRequests } from '../erasure/visible-requests.js'
import { findEvidence } from '../evidence/evidence.reads.js'

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

async function maySee(scope: Scope, aggregate: string, id: string): Promise<boolean> {
  const { viewer, loaders } = scope
  const action = actionOf[aggregate]
  if (action === undefined || !may(viewer, action)) return false
  if (seesAllRequests(viewer)) return true
  forgetReads(scope)
  switch (aggregate) {
    case 'erasure-request':
      return (await loaders.erasureRequest.load(id)) !== null
    case 'audit':
      return (await loaders.audit.load(id)) !== null
    case 'run':
      return (await loaders.run.load(id)) !== null
    case 'model':
      return (await loaders.model.load(id)) !== null
    case 'dataset':
      return (await loaders.dataset.load(id)) !== null
    case 'evidence':
      return /^\d{1,15}$/.test(id) && (await findEvidence(scope, Number(id))) !== null
    default:
      return false
  }
}
