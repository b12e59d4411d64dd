import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { proofNameOf, proofValueOf } from '../../identity/sso/domain-proof.js'
import type { SsoProvider as SsoProviderRow } from '../../identity/sso/sso-providers.js'
import { SsoProvider } from './sso.types.js'

const shapeProvider = (row: SsoProviderRow, redirectUri: string): SsoProvider =>
  shape(SsoProvider, {
    id: row.id,
    issuer: row.issuer,
    clientId: row.clientId,
    domain: row.domain,
    proofName: proofNameOf(row.domain),
    proofValue: proofValueOf(row.domainToken),
    domainVerifiedAt: row.domainVerifiedAt,
    newcomerRole: row.newcomerRole,
    redirectUri,
    createdAt: row.createdAt,
  })

/** Newest first. */
export const listSsoProviders = ({ tenantId, services }: Scope, page: Page): Promise<Connection<SsoProvider>> =>
  connectionOf(page, {
    rows: (take, after) => services.ssoProviders.list(tenantId, { take, after }),
    count: () => services.ssoProviders.count(tenantId),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: (row) => shapeProvider(row, services.ssoRedirectUri),
  })

export async function findSsoProvider({ tenantId, services }: Scope, id: string): Promise<SsoProvider | null> {
  const row = isUuid(id) ? await services.ssoProviders.find(tenantId, id) : null
  return row && shapeProvider(row, services.ssoRedirectUri)
}
