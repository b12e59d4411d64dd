import { Resolver } from 'node:dns/promises'

/** Whose TXT record shows that a tenant may speak for a domain. */
export const proofNameOf = (domain: string): string => `_lethe-sign-in.${domain}`
export const proofValueOf = (token: string): string => `lethe-domain=${token}`

/** Whether DNS says so now; a domain that cannot be asked has not shown it. */
export async function isDomainProven(
  { domain, token }: { domain: string; token: string },
  servers: readonly string[],
): Promise<boolean> {
  const resolver = new Resolver({ timeout: 3000, tries: 2 })
  if (servers.length > 0) resolver.setServers(servers)
  const records = await resolver.resolveTxt(proofNameOf(domain)).catch(() => [])
  return records.some((parts) => parts.join('') === proofValueOf(token))
}
