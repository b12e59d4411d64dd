import type { Role } from '@lethe/domain'
import { assertOk, type GatewayClient } from '../gateway-client.js'
import type { TenantSetting } from '../scenario.js'

async function post(client: GatewayClient, path: string, body: object, what: string): Promise<void> {
  const response = await client.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await (await assertOk(response, what)).body?.cancel()
}

export interface Person {
  readonly email: string
  readonly name: string
  readonly password: string
}

/** Makes a tenant with its first owner. @throws DomainError SLUG_TAKEN when there is one. */
export const createTenant = (admin: GatewayClient, tenant: TenantSetting, owner: Person): Promise<void> =>
  post(admin, '/v1/admin/tenants', { ...tenant, owner }, `Making the tenant ${tenant.name}`)

export interface NewMember extends Person {
  readonly tenantId: string
  readonly role: Role
  /** For a data owner: the key by which the tenant knows them. */
  readonly subjectKey?: string
}

/** @throws DomainError EMAIL_TAKEN when somebody with this address exists. */
export const addMember = (admin: GatewayClient, member: NewMember): Promise<void> =>
  post(admin, '/v1/admin/members', member, `Adding ${member.email}`)

/** @returns id of the tenant that the viewer belongs to. */
export async function readTenantId(client: GatewayClient): Promise<string> {
  const { viewer } = await client.request<{ viewer: { tenant: { id: string } } }>('query { viewer { tenant { id } } }')
  return viewer.tenant.id
}
