import { DomainError } from '@lethe/domain'
import type { BetterAuthPlugin } from 'better-auth'
import { createAuthEndpoint, sessionMiddleware } from 'better-auth/api'
import type pg from 'pg'
import { z } from 'zod'
import { answering } from './identity-endpoint.js'
import type { IdentityCore } from './identity-core.js'

interface HeldSession {
  readonly token: string
  readonly userId: string
  /** Of a session that began at a tenant's own identity provider: it reaches that tenant alone. */
  readonly boundTenantId: string | null
  readonly activeOrganizationId: string | null
}

interface Membership {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly role: string
}

async function membershipsOf(pool: pg.Pool, session: HeldSession): Promise<Membership[]> {
  const { rows } = await pool.query<Membership>(
    `SELECT o."id", o."name", o."slug", m."role" FROM "member" m JOIN "organization" o ON o."id" = m."organizationId"
     WHERE m."userId" = $1 AND ($2::text IS NULL OR o."id" = $2) ORDER BY o."name", o."id" LIMIT 100`,
    [session.userId, session.boundTenantId ?? null],
  )
  return rows
}

/** What a person does with their own sessions: see their tenants, change to another, sign out everywhere. */
export function sessionEndpoints(core: IdentityCore) {
  const { pool } = core
  return {
    id: 'lethe-sessions',
    endpoints: {
      listTenants: createAuthEndpoint('/tenants', { method: 'GET', use: [sessionMiddleware] }, async (context) => {
        const session = context.context.session.session as unknown as HeldSession
        const tenants = await membershipsOf(pool, session)
        const active = tenants.find(({ id }) => id === session.activeOrganizationId) ?? tenants[0]
        return context.json({ tenants, activeTenantId: active?.id ?? null })
      }),
      changeTenant: createAuthEndpoint(
        '/tenants/active',
        { method: 'POST', use: [sessionMiddleware], body: z.object({ tenantId: z.uuid() }) },
        async (context) => {
          const session = context.context.session.session as unknown as HeldSession
          const { tenantId } = context.body
          await answering(async () => {
            const tenants = await membershipsOf(pool, session)
            if (!tenants.some(({ id }) => id === tenantId))
              throw new DomainError('NOT_FOUND', 'You are no member of this tenant.', 'tenantId')
            await pool.query(`UPDATE "session" SET "activeOrganizationId" = $2 WHERE "token" = $1`, [
              session.token,
              tenantId,
            ])
          })
          return context.json({ activeTenantId: tenantId })
        },
      ),
      // A tenant's own identity provider can end the sessions that it began, and no others.
      signOutEverywhere: createAuthEndpoint(
        '/sign-out-everywhere',
        { method: 'POST', use: [sessionMiddleware] },
        async (context) => {
          const { userId, boundTenantId } = context.context.session.session as unknown as HeldSession
          const { rowCount } = await pool.query(
            `DELETE FROM "session" WHERE "userId" = $1 AND ($2::text IS NULL OR "boundTenantId" = $2)`,
            [userId, boundTenantId ?? null],
          )
          return context.json({ ended: rowCount })
        },
      ),
    },
  } satisfies BetterAuthPlugin
}
