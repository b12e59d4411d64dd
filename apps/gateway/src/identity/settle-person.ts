import { newId } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type pg from 'pg'
import { z } from 'zod'
import type { TenantRole } from './access.js'

export const Password = z.string().min(12, 'must have at least 12 characters').max(128)
export const PersonName = z.string().trim().min(1).max(100)

export const Credentials = z.object({ name: PersonName, password: Password })
export type Credentials = z.infer<typeof Credentials>

/**
 * The person of an address that was just shown to be theirs. An account that somebody made for this address before, and
 * whose password they may know, is taken over: new name, new password, nobody signed in.
 *
 * @throws DomainError CREDENTIALS_REQUIRED when they have to choose a name and a password and did not
 */
export async function settlePerson(
  client: pg.PoolClient,
  email: string,
  chosen: { readonly name: string; readonly passwordHash: string } | undefined,
  now: Date,
): Promise<{ userId: string; isNew: boolean }> {
  const { rows } = await client.query<{ id: string; emailVerified: boolean }>(
    'SELECT "id", "emailVerified" FROM "user" WHERE "email" = $1 FOR UPDATE',
    [email],
  )
  const known = rows[0]
  if (known?.emailVerified) return { userId: known.id, isNew: false }
  if (chosen === undefined)
    throw new DomainError('CREDENTIALS_REQUIRED', 'Choose a name and a password of 12 characters or more.', 'password')
  const userId = known?.id ?? newId()
  await client.query(
    `INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt") VALUES ($1, $2, $3, true, $4, $4)
     ON CONFLICT ("id") DO UPDATE SET "name" = $2, "emailVerified" = true, "updatedAt" = $4`,
    [userId, chosen.name, email, now],
  )
  await client.query('DELETE FROM "session" WHERE "userId" = $1', [userId])
  await client.query(`DELETE FROM "account" WHERE "userId" = $1 AND "providerId" = 'credential'`, [userId])
  await client.query(
    `INSERT INTO "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
     VALUES ($1, $2, 'credential', $2, $3, $4, $4)`,
    [newId(), userId, chosen.passwordHash, now],
  )
  return { userId, isNew: true }
}

/**
 * Those who join a tenant at once take turns until they have joined, so that each is counted.
 *
 * @returns how many members the tenant has then
 * @throws DomainError ALREADY_MEMBER: a membership that is there keeps its role
 */
export async function joinTenant(
  client: pg.PoolClient,
  member: { tenantId: string; userId: string; role: TenantRole; actorId: string | null; now: Date },
): Promise<number> {
  await lockMembers(client, member.tenantId)
  // Who let them in, for the record of changes of membership.
  await client.query(`SELECT set_config('app.actor_id', $1, true)`, [member.actorId ?? ''])
  const { rowCount } = await client.query(
    `INSERT INTO "member" ("id", "organizationId", "userId", "role", "createdAt") VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT ("organizationId", "userId") DO NOTHING`,
    [newId(), member.tenantId, member.userId, member.role, member.now],
  )
  if (rowCount === 0)
    throw new DomainError('ALREADY_MEMBER', 'You are a member of this tenant already; sign in.', 'token')
  return countMembers(client, member.tenantId)
}

export async function countMembers(client: pg.PoolClient, tenantId: string): Promise<number> {
  const { rows } = await client.query<{ members: string }>(
    'SELECT count(*) AS members FROM "member" WHERE "organizationId" = $1',
    [tenantId],
  )
  return Number(rows[0]?.members)
}

/** One change of a tenant's members at a time, until the transaction ends. */
export async function lockMembers(client: pg.PoolClient, tenantId: string): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('members:' || $1, 0))`, [tenantId])
}
