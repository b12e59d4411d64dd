import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { databaseError } from './errors.js'

/** Advisory lock that Prisma's own engine takes, so that the two never apply at once. */
const prismaLock = 72707369

const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

/**
 * Applies what is missing of prisma/migrations in order, with Prisma's lock, `_prisma_migrations` table and checksums,
 * so that `prisma migrate status` agrees. Creates the database if it does not exist. Any number may run it at once.
 * Each migration is one transaction.
 *
 * @returns names of the migrations it applied
 * @throws DomainError MIGRATION_EDITED, MIGRATION_FAILED
 */
export async function migrate(input: { ownerUrl: string; folder?: string }): Promise<string[]> {
  const folder = input.folder ?? migrationsFolder
  await createDatabaseIfMissing(input.ownerUrl)
  const client = new pg.Client({ connectionString: input.ownerUrl })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [prismaLock])
    const applied = await readApplied(client)
    const fresh: string[] = []
    for (const name of await listMigrations(folder)) {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8')
      if (isApplied(applied, name, sql)) continue
      await applyMigration(client, name, sql)
      fresh.push(name)
    }
    return fresh
  } finally {
    await client.end()
  }
}

async function createDatabaseIfMissing(ownerUrl: string): Promise<void> {
  const probe = new pg.Client({ connectionString: ownerUrl })
  try {
    await probe.connect()
    return
  } catch (error) {
    if (codeOf(error) !== '3D000') throw error
  } finally {
    await probe.end()
  }
  const url = new URL(ownerUrl)
  const database = decodeURIComponent(url.pathname.slice(1))
  url.pathname = '/postgres'
  const client = new pg.Client({ connectionString: url.toString() })
  await client.connect()
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`)
  } catch (error) {
    // Another starter made it between our look and now.
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error
  } finally {
    await client.end()
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

async function listMigrations(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** Checksum of each applied migration by name. */
async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`)
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  )
  const failed = rows.find((row) => row.finished_at === null)
  if (failed)
    throw databaseError(
      'MIGRATION_FAILED',
      `Migration ${failed.migration_name} failed earlier; mend the database and run "npx prisma migrate resolve".`,
    )
  return new Map(rows.map((row) => [row.migration_name, row.checksum]))
}

function isApplied(applied: ReadonlyMap<string, string>, name: string, sql: string): boolean {
  const checksum = applied.get(name)
  if (checksum === undefined) return false
  if (checksum === createHash('sha256').update(sql).digest('hex')) return true
  throw databaseError(
    'MIGRATION_EDITED',
    `Migration ${name} was edited after it was applied here; restore it and write a new migration instead.`,
  )
}

/** A simple query with several statements is one transaction, so a migration is applied whole or not at all. */
async function applyMigration(client: pg.Client, name: string, sql: string): Promise<void> {
  const id = randomUUID()
  const checksum = createHash('sha256').update(sql).digest('hex')
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ])
  try {
    await client.query(sql)
  } catch (error) {
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, String((error as Error).stack)])
    throw error
  }
  await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id])
}
