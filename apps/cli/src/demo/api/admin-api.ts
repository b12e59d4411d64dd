import type { Role } from '@lethe/domain'
import { assertOk, type GatewayClient } from '../gateway-client.js'
import type { TenantSetting } from '../scenario.js'

const post = async <T>(client: GatewayClient, path: string, body: object, what: string): Promise<T> => {
  const response = await client.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await (await assertOk(response, what)).json()) as T
}

/** @returns id of the tenant with this slug, made if there was none. */
export async function ensureTenant(admin: GatewayClient, tenant: TenantSetting): Promise<string> {
  const { id } = await post<{ id: string }>(admin, '/v1/admin/tenants', tenant, `Making the tenant ${tenant.name}`)
  return id
}

export interface NewMember {
  readonly email: string
  readonly name: string
  readonly password: string
  readonly role: Role
  /** For a data owner: the key by which the tenant knows them. */
  readonly subjectKey?: string
}

/** @throws DomainError EMAIL_TAKEN when somebody with this address exists. */
export async function addMember(admin: GatewayClient, tenantId: string, member: NewMember): Promise<void> {
  await post(admin, `/v1/admin/tenants/${tenantId}/members`, member, `Adding ${member.email}`)
}
