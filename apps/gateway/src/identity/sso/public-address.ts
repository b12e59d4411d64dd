import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { DomainError } from '@lethe/domain'

/** Special-purpose addresses (RFC 6890 and its registries): nothing that strangers may make us ask. */
const near = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  near.addSubnet(network, prefix, 'ipv4')
/** Of IPv6 only global unicast is public, and of that not what stands for other addresses or for documents. */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')
const notReally = new BlockList()
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  notReally.addSubnet(network, prefix, 'ipv6')
const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !near.check(address, 'ipv4')
  return family === 6 && globalUnicast.check(address, 'ipv6') && !notReally.check(address, 'ipv6')
}

export const isLoopbackAddress = (address: string): boolean =>
  isIP(address) !== 0 && loopback.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')

export const addressForbidden = (): DomainError =>
  new DomainError(
    'ADDRESS_FORBIDDEN',
    'Give an https address that is reached over the public internet.',
    'input.issuer',
  )

/**
 * Resolves a name for one connection and refuses it if any of its addresses is not allowed. The addresses that were judged
 * are those that are connected to, so that a name cannot change its mind in between.
 */
export const guardedLookup =
  (isAllowed: (address: string) => boolean): LookupFunction =>
  (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '')
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => isAllowed(address)))
        return done(addressForbidden(), '')
      return options.all ? done(null, addresses) : done(null, first.address, first.family)
    })
  }
