import { busPermissions, type BusUser, busUsers } from '@lethe/bus'
import { startNatsServer, type NatsServer, type StartNatsOptions } from './nats-server.js'

/** The bus of a platform: one user for each service, with its rights and no others. Adopts the server that already runs so. */
export const startPlatformNats = (
  options: Pick<StartNatsOptions, 'stateDir' | 'cacheDir' | 'report'>,
): Promise<NatsServer & { urls: Readonly<Record<BusUser, string>> }> =>
  startNatsServer({ ...options, users: busUsers, permissions: busPermissions }) as Promise<
    NatsServer & { urls: Readonly<Record<BusUser, string>> }
  >
