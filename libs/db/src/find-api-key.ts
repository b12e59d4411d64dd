import type { Database } from './database.js'

/** An API key as it was given out, whatever has become of it. */
export interface FoundApiKey {
  readonly tenantId: string
  readonly id: string
  /** Who made it. */
  readonly userId: string
  /** Role of @lethe/domain. */
  readonly role: string
  readonly requestsPerMinute: number | null
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
}

/** The key whose SHA-256 this is (lower-case hex), of whatever tenant; null where there is none. The gateway's login only. */
export async function findApiKey(database: Database, digest: string): Promise<FoundApiKey | null> {
  const { rows } = await database.pool.query<FoundApiKey>(
    `SELECT tenant_id AS "tenantId", id, user_id AS "userId", role, requests_per_minute AS "requestsPerMinute",
            expires_at AS "expiresAt", revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"
     FROM api_key_by_digest($1)`,
    [digest],
  )
  return rows[0] ?? null
}
