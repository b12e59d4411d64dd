import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isDomainError, type Role } from '@lethe/domain'
import { addMember, ensureTenant } from './api/admin-api.js'
import { GatewayClient } from './gateway-client.js'
import type { Scenario, TenantSetting } from './scenario.js'

export interface SignIn {
  readonly tenant: string
  readonly role: Role
  readonly name: string
  readonly email: string
  readonly password: string
}

export type TenantRole = Exclude<Role, 'platform_admin'>

/** Everybody of the demonstration, signed in. */
export interface Cast {
  readonly signIns: readonly SignIn[]
  readonly as: Readonly<Record<TenantRole, GatewayClient>>
  /** Owner of another tenant. */
  readonly stranger: GatewayClient
}

const names: Readonly<Record<TenantRole, string>> = {
  tenant_owner: 'Mara Lindholm',
  engineer: 'Tomasz Zieliński',
  privacy_officer: 'Ines Carvalho',
  data_owner: 'Chidi Okonkwo',
  auditor: 'Hélène Garnier',
}

const addressOf = (role: Role, { slug }: TenantSetting) => `${role.replace('_', '-')}@${slug}.example`

/** Kept beside the platform's other secrets, so that a second start signs in as the same people. */
async function openPasswords(stateDir: string, addresses: readonly string[]): Promise<Record<string, string>> {
  const file = path.join(stateDir, 'secrets', 'demo-people.json')
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {}
  const all = Object.fromEntries(
    addresses.map((address) => [address, known[address] ?? randomBytes(12).toString('base64url')]),
  )
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(`${file}.new`, JSON.stringify({ ...known, ...all }, null, 2), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return all
}

const membersOf = ({ tenant, otherTenant }: Scenario) =>
  [
    ...(Object.keys(names) as TenantRole[]).map((role) => ({ tenant, role, name: names[role] })),
    { tenant: otherTenant, role: 'tenant_owner' as const, name: 'Sören Aaltonen' },
  ].map((member) => ({ ...member, email: addressOf(member.role, member.tenant) }))

/** Who can sign in once the demonstration has begun, with the passwords of this state directory. */
export async function listSignIns(stateDir: string, scenario: Scenario): Promise<SignIn[]> {
  const members = membersOf(scenario)
  const passwords = await openPasswords(
    stateDir,
    members.map(({ email }) => email),
  )
  return members.map(({ tenant, role, name, email }) => ({
    tenant: tenant.name,
    role,
    name,
    email,
    password: passwords[email] as string,
  }))
}

/** Makes tenants and people that do not exist yet, and signs everybody in. */
export async function assembleCast(options: {
  gatewayUrl: string
  stateDir: string
  admin: { email: string; password: string }
  scenario: Scenario
}): Promise<Cast> {
  const { gatewayUrl, scenario } = options
  const members = membersOf(scenario)
  const signIns = await listSignIns(options.stateDir, scenario)
  const admin = await GatewayClient.signIn(gatewayUrl, options.admin)
  const tenantIds = new Map<string, string>()
  for (const tenant of [scenario.tenant, scenario.otherTenant])
    tenantIds.set(tenant.slug, await ensureTenant(admin, tenant))

  const clients: GatewayClient[] = []
  for (const [i, { tenant, role }] of members.entries()) {
    const signIn = signIns[i] as SignIn
    const subjectKey = role === 'data_owner' ? { subjectKey: scenario.forgetOwner } : {}
    const member = { email: signIn.email, name: signIn.name, password: signIn.password, role, ...subjectKey }
    await addUnlessThere(admin, tenantIds.get(tenant.slug) as string, member)
    clients.push(await GatewayClient.signIn(gatewayUrl, signIn))
  }
  const as = Object.fromEntries((Object.keys(names) as TenantRole[]).map((role, i) => [role, clients[i]]))
  return { signIns, as: as as Cast['as'], stranger: clients.at(-1) as GatewayClient }
}

async function addUnlessThere(...member: Parameters<typeof addMember>): Promise<void> {
  try {
    await addMember(...member)
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'EMAIL_TAKEN') throw error
  }
}
