import { DomainError } from '@lethe/domain'
import { z } from 'zod'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { parseInput } from '../../graphql/parse-input.js'
import { runOnce } from '../../graphql/run-once.js'
import type { RegisterSsoProviderInput, SsoProviderInput } from './sso.types.js'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'

const NewProvider = z.object({
  issuer: z.url().max(500),
  clientId: z.string().min(1).max(255),
  clientSecret: z.string().min(1).max(1024),
  domain: z
    .string()
    .trim()
    .toLowerCase()
    .max(253)
    .regex(new RegExp(`^(?:${label}\\.)+${label}$`), 'must be a domain, such as example.com'),
  newcomerRole: z.enum(['engineer', 'data_owner', 'auditor']).nullish(),
})

/** Most that a tenant registers. */
const maxProviders = 20

/**
 * Registers a provider that answers as one, or replaces what is registered for the domain.
 *
 * @throws DomainError INVALID_INPUT, ADDRESS_FORBIDDEN, PROVIDER_UNREACHABLE, TOO_MANY_PROVIDERS
 */
export async function registerSsoProvider(scope: Scope, input: RegisterSsoProviderInput): Promise<string> {
  const { ssoProviders } = scope.services
  const { idempotencyKey, ...rest } = input
  const { newcomerRole = null, ...provider } = parseInput(NewProvider, rest, 'input')
  // Before the transaction: nothing is held while a stranger's server takes its time.
  await ssoProviders.check(provider)
  return change(scope, 'registerSsoProvider', { idempotencyKey, ...provider, newcomerRole }, async (by, now) => {
    if ((await ssoProviders.count(scope.tenantId)) >= maxProviders)
      throw new DomainError('TOO_MANY_PROVIDERS', `Remove one first: there are ${maxProviders}.`, 'input.domain')
    return ssoProviders.register(by, { ...provider, newcomerRole }, now)
  })
}

/** @throws DomainError NOT_FOUND, DOMAIN_UNPROVEN, DOMAIN_TAKEN */
export async function verifySsoDomain(scope: Scope, input: SsoProviderInput): Promise<string> {
  const { ssoProviders } = scope.services
  const id = idOf(input)
  // Before the transaction, too: DNS servers of strangers may never answer.
  const isProven = await ssoProviders.isProven(scope.tenantId, id)
  return change(scope, 'verifySsoDomain', { ...input }, async (by, now) => {
    if (!isProven)
      throw new DomainError(
        'DOMAIN_UNPROVEN',
        'DNS does not have the record yet; publish it, wait for it to spread, and try again.',
        'input.ssoProviderId',
      )
    await ssoProviders.open(by, id, now)
    return id
  })
}

/** @throws DomainError NOT_FOUND */
export function removeSsoProvider(scope: Scope, input: SsoProviderInput): Promise<string> {
  return change(scope, 'removeSsoProvider', { ...input }, async (by) => {
    await scope.services.ssoProviders.remove(by, idOf(input))
    return input.ssoProviderId
  })
}

/** The evidence is made of what the database noted beside the change, which lies in another store. */
async function change<Input extends { idempotencyKey: string }>(
  scope: Scope,
  operation: string,
  input: Input,
  apply: (by: { tenantId: string; actorId: string }, now: Date) => Promise<string>,
): Promise<string> {
  const { tenantId, viewer, services } = scope
  const id = await runOnce(scope, operation, input, async (_tx, now) => ({
    id: await apply({ tenantId, actorId: viewer.userId }, now),
    evidence: [],
  }))
  await services.accessRecorder.record(tenantId)
  return id
}

function idOf({ ssoProviderId }: SsoProviderInput): string {
  if (isUuid(ssoProviderId)) return ssoProviderId
  throw new DomainError('NOT_FOUND', 'There is no such provider.', 'input.ssoProviderId')
}
