import type { TenantClient } from '@lethe/db'
import type { TenantId } from '@lethe/domain'
import { unauthenticated, forbidden } from './graphql/refusals.js'
import { Tally } from './graphql/bound-execution.js'
import type { Place } from './graphql/event-position.js'
import { createLoaders, type Loaders } from './loaders.js'
import { type Reach, readReach } from './modules/auditor-access/case-reach.js'
import type { Services } from './services.js'
import type { SignedIn, TenantViewer } from './tenant-viewer.js'

/** One viewer's reach during one request: their tenant's rows and nothing else. */
export interface Scope {
  readonly viewer: TenantViewer
  readonly tenantId: TenantId
  readonly db: TenantClient
  readonly loaders: Loaders
  /** What an auditor's cases need; null for whoever is bound to none. Read once. */
  readonly reach: () => Promise<Reach>
  /** So that it is read anew. */
  readonly forgetReach: () => void
  readonly services: Services
  /** Of a subscription, among the events of its tenant. */
  readonly place: Place
  readonly now: () => Date
  /** Whether the viewer is still who they were when they came: same role, same cases, and nothing revoked since. */
  readonly isStillAllowed: () => Promise<boolean>
}

export interface Context {
  readonly viewer: SignedIn | null
  readonly services: Services
  /** Shown to the client with a masked error and written to the log. */
  readonly correlationId: string
  /** The viewer as of now; null for whom the same token or key no longer lets in. */
  readonly renew: () => Promise<SignedIn | null>
  /** Network address of whoever asks. */
  readonly address: string
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** Of a subscription, among the events of its tenant. */
  readonly place: Place
  readonly tally: Tally
  /** Of a signed-in member of a tenant; refuses everybody else. */
  readonly scope: () => Scope
}

export function createScope({ viewer, services, renew, place }: Omit<Context, 'scope' | 'tally'>): Scope {
  if (viewer === null) throw unauthenticated()
  if (viewer.tenantId === null || viewer.tenant === null)
    throw forbidden('This belongs to a tenant, and you are a member of none.')
  const db = services.db.forTenant(viewer.tenantId)
  const member = { ...viewer, tenantId: viewer.tenantId, tenant: viewer.tenant }
  let known: Promise<Reach> | undefined
  const reach = () => (known ??= readReach(db, member))
  return {
    viewer: member,
    tenantId: viewer.tenantId,
    db,
    loaders: createLoaders({ db, viewer: member, people: services.people, memberships: services.memberships, reach }),
    reach,
    forgetReach: () => (known = undefined),
    services,
    place,
    now: services.now,
    isStillAllowed: async () => isSame(viewer, await renew()),
  }
}

const isSame = (before: SignedIn, now: SignedIn | null): boolean =>
  now !== null &&
  now.role === before.role &&
  now.tenant?.isSuspended === before.tenant?.isSuspended &&
  String(now.cases?.requestIds) === String(before.cases?.requestIds)

export function createContext(input: Omit<Context, 'place' | 'tally' | 'scope'>): Context {
  let scope: Scope | undefined
  const told = { ...input, place: { after: null, reached: null }, tally: new Tally() }
  return { ...told, scope: () => (scope ??= createScope(told)) }
}
