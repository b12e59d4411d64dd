import { DomainError } from '@lethe/domain'
import type { BusUser } from './permissions.js'

/**
 * The address of a server that somebody else runs, as one service signs in there.
 *
 * @throws DomainError BUS_URL_INVALID where the address names a user, whom all services would share
 */
export function busUrl(serverUrl: string, user: BusUser, password: string): string {
  const url = new URL(serverUrl)
  if (url.username !== '')
    throw new DomainError(
      'BUS_URL_INVALID',
      'Leave user and password out: each service signs in as a user of its own, whom `lethe bus users` writes for the server.',
      'NATS_URL',
    )
  url.username = user
  url.password = password
  return url.toString()
}
