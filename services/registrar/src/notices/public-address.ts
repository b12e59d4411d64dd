import { lookup as lookUp } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { DomainError } from '@lethe/domain'
import ipaddr from 'ipaddr.js'

/**
 * Whether an address belongs to the public internet: neither private, loopback, link-local, shared, multicast nor
 * reserved, nor a way around that (IPv4 inside IPv6, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  // Of IPv6 only 2000::/3 is given out; what is left of ::/96 stands for IPv4, loopback among it.
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(globalUnicast)
}

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

const notPublic = (): DomainError<'ADDRESS_NOT_PUBLIC'> =>
  new DomainError('ADDRESS_NOT_PUBLIC', 'The name leads to an address that is not public; nothing is sent there.')

/** @throws DomainError ADDRESS_NOT_PUBLIC for an address written out: such a one is never looked up. */
export function assertPublicHost({ hostname }: URL): void {
  const bare = hostname.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0 && !isPublicAddress(bare)) throw notPublic()
}

export type ResolveName = (hostname: string) => Promise<readonly { address: string; family: number }[]>

/** By the machine's own resolver. */
export const resolveName: ResolveName = (hostname) =>
  new Promise((resolve, reject) => {
    lookUp(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)))
  })

/**
 * Look-up for one connection: what is checked is what is connected to, so that a name which changes in between gains
 * nothing. One address that is not public spoils all.
 */
export const publicLookup =
  (resolve: ResolveName): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses
        if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
          return callback(notPublic(), '', 0)
        if (options.all === true) return callback(null, [...addresses])
        callback(null, first.address, first.family)
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    )
  }
