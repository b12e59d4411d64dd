import { DomainError } from '@lethe/domain'
import type { NodeConnectionOptions } from 'nats'

/** Reads credentials and TLS from the URL, which the client library does not. */
export function connectionOptions(url: string): Partial<NodeConnectionOptions> & { servers: string[] } {
  const parsed = url.split(',').map((part) => {
    try {
      return new URL(part.includes('://') ? part.trim() : `nats://${part.trim()}`)
    } catch {
      throw new DomainError('BUS_URL_INVALID', 'The bus address must look like nats://host:4222.', 'NATS_URL')
    }
  })
  const user = decodeURIComponent(parsed[0]?.username ?? '')
  const pass = decodeURIComponent(parsed[0]?.password ?? '')
  return {
    servers: parsed.map(({ hostname, port }) => `${hostname}:${port || '4222'}`),
    ...(user && pass ? { user, pass } : user ? { token: user } : {}),
    ...(parsed.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
  }
}
