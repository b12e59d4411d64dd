import { DomainError } from '@lethe/domain'
import { jetstreamManager } from '@nats-io/jetstream'
import { AuthorizationError, connect, type NatsConnection } from 'nats'
import { connectionOptions } from './connection-options.js'
import { busUsers, inboxPrefixOf, type BusUser } from './permissions.js'
import { busUrl } from './server-address.js'
import { allTasks } from './subjects.js'

/** How long a server may take to answer. */
const timeoutMs = 5000

/**
 * Refuses a server that somebody else runs unless every service may sign in there with its own rights and no others, and
 * JetStream is on. Makes and changes nothing there.
 *
 * @throws DomainError BUS_URL_INVALID, BUS_UNREACHABLE, BUS_SIGN_IN_REFUSED, BUS_RIGHTS_MISSING, BUS_JETSTREAM_OFF
 */
export async function checkBusServer(serverUrl: string, passwords: Readonly<Record<BusUser, string>>): Promise<void> {
  for (const user of busUsers) {
    const nc = await signIn(busUrl(serverUrl, user, passwords[user]), user)
    try {
      if (await mayListen(nc, allTasks))
        throw refusal(
          'BUS_RIGHTS_MISSING',
          `The user ${user} may listen to everything at ${nc.getServer()}; let the server's authorization consist of the file that \`lethe bus users\` writes, and reload it.`,
        )
      if (user === 'registrar') await assertJetStream(nc)
    } finally {
      await nc.close()
    }
  }
}

async function signIn(url: string, user: BusUser): Promise<NatsConnection> {
  const target = connectionOptions(url)
  try {
    return await connect({
      ...target,
      name: 'lethe-check',
      inboxPrefix: inboxPrefixOf(user),
      reconnect: false,
      timeout: timeoutMs,
    })
  } catch (error) {
    const where = target.servers.join(', ')
    if (error instanceof AuthorizationError)
      throw refusal(
        'BUS_SIGN_IN_REFUSED',
        `nats-server at ${where} does not let the user ${user} in; put the file that \`lethe bus users\` writes into its authorization, and reload it.`,
      )
    throw refusal(
      'BUS_UNREACHABLE',
      `No NATS server answers at ${where} (${error instanceof Error ? error.message : String(error)}); start it, or correct host and port.`,
    )
  }
}

/** No service may listen to tasks: they are pulled. A server that allows it has no rights for this user. */
async function mayListen(nc: NatsConnection, subject: string): Promise<boolean> {
  let isRefused = false
  nc.subscribe(subject, { callback: (error) => void (isRefused ||= error !== null) })
  // The refusal of a subscription comes before the answer to what was asked after it.
  await nc.flush()
  return !isRefused
}

async function assertJetStream(nc: NatsConnection): Promise<void> {
  try {
    await jetstreamManager(nc, { timeout: timeoutMs })
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'JetStreamNotEnabled') throw error
    throw refusal(
      'BUS_JETSTREAM_OFF',
      `JetStream is off at ${nc.getServer()}; add jetstream { store_dir: "…" } to its configuration and start it again.`,
    )
  }
}

const refusal = (code: string, message: string): DomainError => new DomainError(code, message, 'NATS_URL')
