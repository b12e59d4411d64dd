import { findPostgresPackage, type Postgres, startPostgres, withLock } from '@lethe/stack'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '../migrate.js'

const migrations = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url))

/**
 * A PostgreSQL with the migrations applied and not durable, thrown away with its state directory. The first one of a set
 * of migrations is kept aside, stopped, and all others begin as copies of it: initdb and migrations are paid for once.
 */
export async function startMigratedPostgres(stateDir: string): Promise<Postgres> {
  const original = path.join(tmpdir(), `lethe-migrated-${process.getuid?.() ?? 0}-${digestOfMigrations()}`)
  await withLock(`${original}.lock`, () => makeOnce(original))
  return startPostgres({ stateDir, isDurable: false, copyOf: original })
}

async function makeOnce(original: string): Promise<void> {
  const isMade = path.join(original, 'is-made')
  if (existsSync(isMade)) return
  mkdirSync(original, { recursive: true })
  // PostgreSQL may run under another account, which must get through here.
  chmodSync(original, 0o755)
  const server = await startPostgres({ stateDir: original, isDurable: false })
  await migrate({ ownerUrl: server.url })
  await server.stop()
  writeFileSync(isMade, '')
}

function digestOfMigrations(): string {
  const hash = createHash('sha256').update(findPostgresPackage().version)
  for (const name of readdirSync(migrations).sort()) {
    const file = path.join(migrations, name, 'migration.sql')
    if (existsSync(file)) hash.update(`${name}\0`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}
