import { busUrl, busUsers, checkBusServer } from '@lethe/bus'
import { assertOwner, prepareDatabase } from '@lethe/db'
import type { StackEnv } from './env.js'
import { startPlatformNats } from './platform-nats.js'
import { startPostgres } from './postgres.js'
import type { Report } from './report.js'
import type { Secrets } from './secrets.js'

/** Ends what was begun. */
export type Undo = () => unknown

interface Surroundings {
  stateDir: string
  cacheDir: string
  report: Report
  secrets: Secrets
}

/**
 * Tries the servers that somebody else runs, and changes nothing: a wrong address shows before anything else is prepared.
 *
 * @throws DomainError naming the variable; see `assertOwner` and `checkBusServer`
 */
export async function checkOutsideServers(env: StackEnv, { busPasswords }: Secrets): Promise<void> {
  if (env.databaseUrl !== undefined) await assertOwner(env.databaseUrl)
  if (env.natsUrl !== undefined) await checkBusServer(env.natsUrl, busPasswords)
}

/**
 * The owner's address of a database that is ready for the services: that of DATABASE_URL, whose server is somebody else's and
 * is neither started nor stopped, or of a server of our own.
 */
export async function openDatabase(
  options: Surroundings & { isDurable: boolean; databaseUrl: string | undefined },
  undo: Undo[],
): Promise<string> {
  const { databaseUrl, report, secrets } = options
  const ownerUrl = databaseUrl ?? (await startOwnPostgres(options, undo))
  const applied = await prepareDatabase({ ownerUrl, passwords: secrets.passwords })
  if (databaseUrl !== undefined) report(`PostgreSQL at ${new URL(databaseUrl).host}, by DATABASE_URL`)
  if (applied.length > 0) report(`applied ${applied.length} ${applied.length === 1 ? 'migration' : 'migrations'}`)
  return ownerUrl
}

async function startOwnPostgres(options: Surroundings & { isDurable: boolean }, undo: Undo[]): Promise<string> {
  const postgres = await startPostgres(options)
  undo.push(() => postgres.stop())
  const { version, adopted, url } = postgres
  options.report(`PostgreSQL ${version.split('-')[0]} ${adopted ? 'was running and is taken over' : 'is up'}`)
  return url
}

/** The address of each service's user: at NATS_URL, whose server is left as it is, or at a server of our own. */
export async function openBus(
  options: Surroundings & { natsUrl: string | undefined },
  undo: Undo[],
): Promise<Readonly<Record<string, string>>> {
  const { natsUrl, report, secrets } = options
  if (natsUrl !== undefined) {
    report(`nats-server at ${new URL(natsUrl).host}, by NATS_URL`)
    return Object.fromEntries(busUsers.map((user) => [user, busUrl(natsUrl, user, secrets.busPasswords[user])]))
  }
  const nats = await startPlatformNats(options)
  undo.push(() => nats.stop())
  const { version, source } = nats.binary
  report(`nats-server ${version} (${source}) ${nats.adopted ? 'was running and is taken over' : 'is up'}`)
  return nats.urls
}
