import { newId } from '@lethe/db'
import { DomainError, Role } from '@lethe/domain'
import type pg from 'pg'
import type { TenantRole } from './access.js'
import type { IdentityProvider } from './identity-provider.js'
import type { Invitation } from './invitations.js'
import { countMembers, lockMembers } from './settle-person.js'

/** A person's membership of one tenant. */
export interface Member {
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly joinedAt: Date
}

/** A change of membership, and who makes it. */
interface Change {
  readonly tenantId: string
  readonly userId: string
  /** Null: the person joins by themselves, by an invitation or single sign-on. */
  readonly actorId: string | null
}

const columns = `m."userId", u."email", u."name", m."role", m."createdAt" AS "joinedAt"`
const from = `"member" m JOIN "user" u ON u."id" = m."userId"`

/** Memberships as they are now. Every change names its actor to the database, whose trigger notes it down. */
export function membershipsOf({ pool }: Pick<IdentityProvider, 'pool'>) {
  /** One change of a tenant's members at a time, so that the last owner is counted truly. */
  const change = async <T>({ tenantId, actorId }: Change, work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await lockMembers(client, tenantId)
      await client.query(`SELECT set_config('app.actor_id', $1, true)`, [actorId ?? ''])
      const result = await work(client)
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK')
      throw error
    } finally {
      client.release()
    }
  }

  const roleIn = async (client: pg.PoolClient, { tenantId, userId }: Change): Promise<Role> => {
    const { rows } = await client.query<{ role: string }>(
      'SELECT "role" FROM "member" WHERE "organizationId" = $1 AND "userId" = $2',
      [tenantId, userId],
    )
    if (rows[0]) return Role.parse(rows[0].role)
    throw new DomainError('NOT_FOUND', 'Nobody of this id is a member of the tenant.', 'input.userId')
  }

  const assertNotLastOwner = async (client: pg.PoolClient, { tenantId, userId }: Change): Promise<void> => {
    const { rows } = await client.query(
      `SELECT 1 FROM "member" WHERE "organizationId" = $1 AND "role" = 'tenant_owner' AND "userId" <> $2 LIMIT 1`,
      [tenantId, userId],
    )
    if (rows.length > 0) return
    throw new DomainError(
      'LAST_OWNER',
      'This is the only owner of the tenant; make somebody else an owner first.',
      'input.userId',
    )
  }

  return {
    /** Null for who is no member, or is none any more. */
    async find(tenantId: string, userId: string): Promise<Member | null> {
      const { rows } = await pool.query<Member>(
        `SELECT ${columns} FROM ${from} WHERE m."organizationId" = $1 AND m."userId" = $2`,
        [tenantId, userId],
      )
      return rows[0] ?? null
    },

    async isPlatformAdmin(userId: string): Promise<boolean> {
      const { rows } = await pool.query(`SELECT 1 FROM "user" WHERE "id" = $1 AND "platformRole" = 'platform_admin'`, [
        userId,
      ])
      return rows.length > 0
    },

    /** By user id, from behind `after`. */
    async list(tenantId: string, { take, after }: { take: number; after: string | null }): Promise<Member[]> {
      const { rows } = await pool.query<Member>(
        `SELECT ${columns} FROM ${from} WHERE m."organizationId" = $1 AND ($2::text IS NULL OR m."userId" > $2)
         ORDER BY m."userId" LIMIT $3`,
        [tenantId, after, take],
      )
      return rows
    },

    /** Of people whom a tenant's own records name, also of those who left it and of whoever runs the platform. */
    async namesOnRecord(userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const { rows } = await pool.query<{ id: string; name: string }>(
        'SELECT "id", "name" FROM "user" WHERE "id" = ANY ($1)',
        [[...userIds]],
      )
      return new Map(rows.map(({ id, name }) => [id, name]))
    },

    /** How many members each tenant has; a tenant without any is absent. */
    async count(tenantIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
      const { rows } = await pool.query<{ id: string; count: string }>(
        'SELECT "organizationId" AS id, count(*) FROM "member" WHERE "organizationId" = ANY ($1) GROUP BY 1',
        [[...tenantIds]],
      )
      return new Map(rows.map(({ id, count }) => [id, Number(count)]))
    },

    /** Invitations of a tenant; with an instant, those that are pending then. */
    async countInvitations(tenantId: string, pendingAt?: Date): Promise<number> {
      const { rows } = await pool.query<{ count: string }>(
        `SELECT count(*) FROM "invitation" WHERE "organizationId" = $1
           AND ($2::timestamptz IS NULL OR "status" = 'pending' AND "expiresAt" > $2)`,
        [tenantId, pendingAt ?? null],
      )
      return Number(rows[0]?.count)
    },

    async findInvitation(tenantId: string, id: string): Promise<Invitation | null> {
      const { rows } = await pool.query<Invitation>(
        `SELECT "id", "email", "role", "subjectKey", "status", "inviterId", "createdAt", "expiresAt", "settledAt"
         FROM "invitation" WHERE "organizationId" = $1 AND "id" = $2`,
        [tenantId, id],
      )
      return rows[0] ?? null
    },

    /**
     * @param input.admit told how many members the tenant then has, this one among them; what it throws keeps them out
     * @throws DomainError ALREADY_MEMBER
     */
    add: (input: Change & { role: TenantRole; admit?: (members: number) => Promise<void> }): Promise<void> =>
      change(input, async (client) => {
        const { rowCount } = await client.query(
          `INSERT INTO "member" ("id", "organizationId", "userId", "role", "createdAt") VALUES ($1, $2, $3, $4, now())
           ON CONFLICT DO NOTHING`,
          [newId(), input.tenantId, input.userId, input.role],
        )
        if (rowCount === 0) throw new DomainError('ALREADY_MEMBER', 'This person is a member already.', 'input.userId')
        await input.admit?.(await countMembers(client, input.tenantId))
      }),

    /** @throws DomainError NOT_FOUND, LAST_OWNER */
    changeRole: (input: Change & { role: TenantRole }): Promise<void> =>
      change(input, async (client) => {
        const role = await roleIn(client, input)
        if (role === 'tenant_owner' && input.role !== role) await assertNotLastOwner(client, input)
        await client.query('UPDATE "member" SET "role" = $3 WHERE "organizationId" = $1 AND "userId" = $2', [
          input.tenantId,
          input.userId,
          input.role,
        ])
      }),

    /** @throws DomainError NOT_FOUND, LAST_OWNER */
    remove: (input: Change): Promise<void> =>
      change(input, async (client) => {
        if ((await roleIn(client, input)) === 'tenant_owner') await assertNotLastOwner(client, input)
        await client.query('DELETE FROM "member" WHERE "organizationId" = $1 AND "userId" = $2', [
          input.tenantId,
          input.userId,
        ])
      }),
  }
}

export type Memberships = ReturnType<typeof membershipsOf>
