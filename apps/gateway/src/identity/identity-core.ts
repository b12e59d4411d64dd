import pg from 'pg'
import type { IdentityChallenges } from '../modules/identity-challenge/answer-challenge.js'
import type { TenantRole } from './access.js'
import type { PasswordHashing } from './password-hashing.js'
import type { Postman } from './postman.js'

export interface NewTenantNames {
  readonly name: string
  readonly slug: string
}

export interface IdentityOptions {
  /** Login lethe_auth, whose only schema is `auth`. */
  readonly databaseUrl: string
  /** Where clients reach the gateway. */
  readonly publicUrl: string
  /** Where people reach the portal; links in mail lead there. No slash at its end. */
  readonly portalUrl: string
  /** At least 32 characters. Encrypts signing keys and client secrets at rest; they are lost with it. */
  readonly secret: string
  readonly trustedOrigins: readonly string[]
  /** From one address. */
  readonly signInsPerMinute: number
  readonly signUp: 'open' | 'closed'
  readonly sso: {
    /** Also providers on this machine, for development. */
    readonly allowLoopback: boolean
    /** Where the proof of a domain is looked up; none: the system's servers. */
    readonly dnsServers: readonly string[]
  }
  readonly now: () => Date
  /** The tenant's own rows, before a membership is committed: what it throws keeps the person out. May be repeated. */
  readonly onJoining: (member: {
    tenantId: string
    userId: string
    role: TenantRole
    subjectKey: string | null
    /** Of the tenant, this one among them. */
    members: number
  }) => Promise<void>
  /** Links by which people confirm erasure requests about them. */
  readonly challenges: IdentityChallenges
  /** The rows of a tenant that somebody founds, before they are committed as its owner. May be repeated. */
  readonly onFounding: (tenant: NewTenantNames & { tenantId: string }) => Promise<void>
}

/** What the parts of the identity provider stand on. */
export interface IdentityCore {
  readonly pool: pg.Pool
  readonly postman: Postman
  readonly options: IdentityOptions
  /** As sign-in verifies them. */
  readonly passwords: PasswordHashing
}

/** Connections of the login that reads the schema `auth` alone. */
export function openIdentityPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 5, options: '-c search_path=auth' })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined)
  return pool
}
