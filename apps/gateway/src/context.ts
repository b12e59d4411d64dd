import type { TenantClient } from '@lethe/db'
import type { TenantId } from '@lethe/domain'
import { unauthenticated, forbidden } from './graphql/refusals.js'
import { createLoaders, type Loaders } from './loaders.js'
import type { Services } from './services.js'
import type { SignedIn, TenantViewer } from './tenant-viewer.js'

/** One viewer's reach during one request: their tenant's rows and nothing else. */
export interface Scope {
  readonly viewer: TenantViewer
  readonly tenantId: TenantId
  readonly db: TenantClient
  readonly loaders: Loaders
  readonly services: Services
  readonly now: () => Date
}

export interface Context {
  readonly viewer: SignedIn | null
  readonly services: Services
  /** Shown to the client with a masked error and written to the log. */
  readonly correlationId: string
  /** Of a signed-in member of a tenant; refuses everybody else. */
  readonly scope: () => Scope
}

export function createScope(viewer: SignedIn | null, services: Services): Scope {
  if (viewer === null) throw unauthenticated()
  if (viewer.tenantId === null || viewer.tenant === null)
    throw forbidden('This belongs to a tenant, and you are a member of none.')
  const db = services.db.forTenant(viewer.tenantId)
  const member = { ...viewer, tenantId: viewer.tenantId, tenant: viewer.tenant }
  return {
    viewer: member,
    tenantId: viewer.tenantId,
    db,
    loaders: createLoaders({ db, viewer: member, people: services.people }),
    services,
    now: services.now,
  }
}

export function createContext(input: { viewer: SignedIn | null; services: Services; correlationId: string }): Context {
  let scope: Scope | undefined
  return { ...input, scope: () => (scope ??= createScope(input.viewer, input.services)) }
}
