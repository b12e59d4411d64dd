import type { Database } from './database.js'

/** The challenge whose token has this SHA-256 (lower-case hex), of whatever tenant, whatever became of it; null where there is none. The gateway's login only. */
export async function findIdentityChallenge(
  database: Database,
  tokenHash: string,
): Promise<{ readonly tenantId: string; readonly id: string } | null> {
  const { rows } = await database.pool.query<{ tenantId: string; id: string }>(
    'SELECT tenant_id AS "tenantId", id FROM identity_challenge_by_hash($1)',
    [tokenHash],
  )
  return rows[0] ?? null
}
