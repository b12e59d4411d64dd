import type { Jwk } from 'better-auth/plugins'
import { newId } from '@lethe/db'
import type pg from 'pg'
import { inTransaction } from './in-transaction.js'

/**
 * Keeps a new key that signs tokens, unless somebody kept one meanwhile: then that one is given, and the new one is gone.
 * The library makes a key whenever it finds none. Without this, gateways that start on an empty database, or the first
 * people who sign in at once, would each make one, and a gateway that had read the keys in between would refuse the
 * tokens of the others.
 */
export const keepSigningKey = (pool: pg.Pool, made: Omit<Jwk, 'id'>): Promise<Jwk> =>
  inTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('signing-key', 0))`)
    const kept = await client.query<Jwk>(
      `SELECT * FROM "jwks" WHERE "expiresAt" IS NULL OR "expiresAt" > now() ORDER BY "createdAt" DESC LIMIT 1`,
    )
    if (kept.rows[0]) return kept.rows[0]
    const { publicKey, privateKey, createdAt, expiresAt, alg, crv } = made
    const key = { id: newId(), ...made }
    await client.query(
      `INSERT INTO "jwks" ("id", "publicKey", "privateKey", "createdAt", "expiresAt", "alg", "crv")
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [key.id, publicKey, privateKey, createdAt, expiresAt ?? null, alg ?? null, crv ?? null],
    )
    return key
  })
