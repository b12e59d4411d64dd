import ipaddr from 'ipaddr.js'

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number]
const networks = (...named: readonly string[]): Network[] => named.map((each) => ipaddr.parseCIDR(each))

/** Of IPv6 only this is given out as addresses of the internet. */
const globalUnicast = networks('2000::/3')
const loopback = networks('127.0.0.0/8', '::1/128')

const parse = (address: string): ipaddr.IPv4 | ipaddr.IPv6 | null => {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address)
  return ipaddr.IPv6.isValid(address) ? ipaddr.IPv6.parse(address) : null
}

const isWithin = (address: ipaddr.IPv4 | ipaddr.IPv6, among: readonly Network[]): boolean =>
  among.some(([network, prefix]) => network.kind() === address.kind() && address.match(network, prefix))

/**
 * Whether an address belongs to the public internet: neither private, loopback, link-local, shared, multicast, reserved or for
 * documents, nor a way around that (IPv4 inside IPv6, NAT64, 6to4, Teredo). IPv4 is taken in four decimal parts alone.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parse(address)
  if (parsed === null || parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || isWithin(parsed, globalUnicast)
}

/** Whether an address is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  const parsed = parse(address)
  return parsed !== null && isWithin(parsed, loopback)
}

/** The address that a URL writes out in place of a name, or null: such a one is never looked up. */
export function writtenAddress({ hostname }: { readonly hostname: string }): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return parse(bare) === null ? null : bare
}

interface Resolved {
  readonly address: string
  readonly family: number
}

export type ResolveName = (hostname: string) => Promise<readonly Resolved[]>

export interface LookupRule {
  readonly resolve: ResolveName
  readonly isAllowed: (address: string) => boolean
  /** What the connection fails with. */
  readonly refusal: () => Error
}

type Found = (error: Error | null, address: string | Resolved[], family?: number) => void

/**
 * Look-up for one connection, as Node's `lookup` of a request: what is judged is what is connected to, so that a name which
 * changes in between gains nothing. One address that is not allowed spoils all.
 */
export const guardedLookup =
  ({ resolve, isAllowed, refusal }: LookupRule) =>
  (hostname: string, options: { readonly all?: boolean | undefined }, found: Found): void => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses
        if (first === undefined || !addresses.every(({ address }) => isAllowed(address))) return found(refusal(), '')
        if (options.all === true) return found(null, [...addresses])
        found(null, first.address, first.family)
      },
      (error: unknown) => found(error as Error, ''),
    )
  }
