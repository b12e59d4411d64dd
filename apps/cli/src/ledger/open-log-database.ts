import { loginUrl, openDatabase, type Database } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import { hasSecrets, openSecrets, readStackEnv, startPostgres } from '@lethe/stack'
import { stateDirOf } from '../state-dir.js'

/**
 * The database that holds the logs, as the login that may read every tenant's: the given address, or that of the platform
 * of this state directory, whose server is started for the while if it does not run.
 *
 * @throws DomainError PLATFORM_MISSING when there is neither
 */
export async function withLogDatabase<T>(url: string | undefined, work: (db: Database) => Promise<T>): Promise<T> {
  if (url !== undefined) return using(url, work)
  const env = readStackEnv()
  const stateDir = stateDirOf(env)
  const { passwords } = localSecrets(stateDir)
  const login = (ownerUrl: string) => loginUrl(ownerUrl, 'registrar', passwords.registrar)
  if (env.databaseUrl !== undefined) return using(login(env.databaseUrl), work)
  const postgres = await startPostgres({ stateDir, cacheDir: env.cacheDir })
  try {
    return await using(login(postgres.url), work)
  } finally {
    await postgres.stop()
  }
}

/** Secrets of the platform of this state directory. @throws DomainError PLATFORM_MISSING where none was ever started. */
export function localSecrets(stateDir = stateDirOf()): ReturnType<typeof openSecrets> {
  if (hasSecrets(stateDir)) return openSecrets(stateDir)
  throw new DomainError(
    'PLATFORM_MISSING',
    `No platform was ever started from ${stateDir}; set LETHE_HOME to one that was, or give --database and --trust.`,
    'LETHE_HOME',
  )
}

async function using<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ url, role: 'registrar', maxConnections: 2 })
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}
