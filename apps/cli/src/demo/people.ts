import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isDomainError, type Role } from '@lethe/domain'
import { addMember, createTenant, readTenantId } from './api/admin-api.js'
import { GatewayClient } from './gateway-client.js'
import type { Scenario, TenantSetting } from './scenario.js'

export interface SignIn {
  readonly tenant: string
  readonly role: TenantRole
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
  signal?: AbortSignal
}): Promise<Cast> {
  const { gatewayUrl, scenario, signal } = options
  const signIns = await listSignIns(options.stateDir, scenario)
  const signIn = (person: SignIn) => GatewayClient.signIn(gatewayUrl, person, signal)
  const admin = await GatewayClient.signIn(gatewayUrl, options.admin, signal)
  const owners = signIns.filter(({ role }) => role === 'tenant_owner')
  for (const tenant of [scenario.tenant, scenario.otherTenant]) {
    const owner = owners.find((person) => person.tenant === tenant.name) as SignIn
    await unlessThere(createTenant(admin, tenant, personOf(owner)))
  }
  const owner = await signIn(owners[0] as SignIn)
  const tenantId = await readTenantId(owner)
  const as: Partial<Record<TenantRole, GatewayClient>> = { tenant_owner: owner }
  for (const person of signIns.filter(({ role }) => role !== 'tenant_owner')) {
    const subjectKey = person.role === 'data_owner' ? { subjectKey: scenario.forgetOwner } : {}
    await unlessThere(addMember(admin, { tenantId, role: person.role, ...personOf(person), ...subjectKey }))
    as[person.role] = await signIn(person)
  }
  return { signIns, as: as as Cast['as'], stranger: await signIn(owners[1] as SignIn) }
}

const personOf = ({ email, name, password }: SignIn) => ({ email, name, password })

const there = new Set(['EMAIL_TAKEN', 'SLUG_TAKEN', 'SUBJECT_TAKEN'])

async function unlessThere(making: Promise<void>): Promise<void> {
  try {
    await making
  } catch (error) {
    if (!isDomainError(error) || !there.has(error.code)) throw error
  }
}
