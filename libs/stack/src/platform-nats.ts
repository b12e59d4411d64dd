import { busPermissions, type BusUser, busUsers } from '@lethe/bus'
import { natsUsersConf } from './nats-users.js'
import { openSecrets } from './secrets.js'
import { startNatsServer, type NatsServer, type StartNatsOptions } from './nats-server.js'

/** The bus of a platform: one user for each service, with its rights and no others. Adopts the server that already runs so. */
export const startPlatformNats = (
  options: Pick<StartNatsOptions, 'stateDir' | 'cacheDir' | 'report'>,
): Promise<NatsServer & { urls: Readonly<Record<BusUser, string>> }> =>
  startNatsServer({ ...options, users: busUsers, permissions: busPermissions }) as Promise<
    NatsServer & { urls: Readonly<Record<BusUser, string>> }
  >

/**
 * The `users` for the configuration of a nats-server that somebody else runs: those of the services with the passwords of this
 * state directory, which are made here if they are not there yet.
 */
export function platformUsersConf(stateDir: string): string {
  const { busPasswords } = openSecrets(stateDir)
  return natsUsersConf(
    busUsers.map((user) => ({ user, password: JSON.stringify(busPasswords[user]), permissions: busPermissions[user] })),
  )
}
