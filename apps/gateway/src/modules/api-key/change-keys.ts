import { randomBytes } from 'node:crypto'
import { lockName, newId, notify, type Tx } from '@lethe/db'
import { DomainError, hasRightsOf, Role } from '@lethe/domain'
import { z } from 'zod'
import { digestOfKey, KEY_MARK } from '../../access/resolve-viewer.js'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { parseInput } from '../../graphql/parse-input.js'
import { runOnce } from '../../graphql/run-once.js'
import { visibleKeys } from './api-key.reads.js'
import { keyEvidence } from './key-evidence.js'

const prefixLength = KEY_MARK.length + 6

/** Keys that work at the same time: so many that each program has its own, so few that somebody can look through them. */
const mostLive = { ofPerson: 20, ofTenant: 500 } as const

const NewKey = z.object({
  name: z.string().trim().min(1, 'name what the key is for').max(100),
  role: Role.exclude(['platform_admin']),
  expiresAt: z.date().nullish(),
  requestsPerMinute: z.int().min(1).max(1_000_000).nullish(),
})

export interface CreateApiKey {
  readonly idempotencyKey: string
  readonly name: string
  readonly role: Role
  readonly expiresAt?: Date | null
  readonly requestsPerMinute?: number | null
}

/**
 * Makes a key that does what its role may, as long as its maker may do that too. Only its digest is kept; 256 random bits
 * need no slow hash.
 *
 * @returns the key's id, and the key itself unless the mutation is a repeat
 * @throws DomainError INVALID_INPUT, ROLE_TOO_WIDE, KEY_NEEDS_MEMBERSHIP, TOO_MANY_KEYS
 */
export async function createApiKey(
  scope: Scope,
  { idempotencyKey, ...input }: CreateApiKey,
): Promise<{ id: string; secret: string | null }> {
  const { tenantId, viewer, services } = scope
  let secret: string | null = null
  const id = await runOnce(scope, 'createApiKey', { idempotencyKey, ...input }, async (tx, now) => {
    const { name, role, expiresAt, requestsPerMinute } = parseInput(NewKey, input, 'input')
    if (viewer.issuer !== null)
      throw new DomainError(
        'KEY_NEEDS_MEMBERSHIP',
        'Keys are for members; send tokens of your own issuer, or have an owner invite you.',
      )
    if (!hasRightsOf(viewer.role, role))
      throw new DomainError('ROLE_TOO_WIDE', 'A key has no right that you lack; choose another role.', 'input.role')
    if (expiresAt != null && expiresAt <= now)
      throw new DomainError('INVALID_INPUT', 'A key ends in the future, or not by itself.', 'input.expiresAt')
    await assertFewLive(tx, viewer, now)
    secret = `${KEY_MARK}${randomBytes(32).toString('base64url')}`
    const key = { id: newId(), tenantId, userId: viewer.userId, role, expiresAt: expiresAt ?? null }
    await tx.apiKey.create({
      data: {
        ...key,
        name,
        prefix: secret.slice(0, prefixLength),
        digest: digestOfKey(secret),
        requestsPerMinute: requestsPerMinute ?? null,
        createdAt: now,
      },
    })
    await notify(tx, { tenantId, kind: 'key.created', data: { keyId: key.id }, now })
    const { commitToPerson } = services
    return { id: key.id, evidence: [keyEvidence('created', key, { commitToPerson, actorId: viewer.userId })] }
  })
  return { id, secret }
}

/** Those who make keys at once are counted one after the other. @throws DomainError TOO_MANY_KEYS */
async function assertFewLive(tx: Tx, { tenantId, userId }: Scope['viewer'], now: Date): Promise<void> {
  await lockName(tx, `api-keys:${tenantId}`)
  const live = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }
  if ((await tx.apiKey.count({ where: { userId, ...live } })) >= mostLive.ofPerson)
    throw new DomainError('TOO_MANY_KEYS', `You have ${mostLive.ofPerson} keys that work; revoke one of them first.`)
  if ((await tx.apiKey.count({ where: live })) >= mostLive.ofTenant)
    throw new DomainError(
      'TOO_MANY_KEYS',
      `The tenant has ${mostLive.ofTenant} keys that work; have an owner revoke one of them first.`,
    )
}

/** Takes a key back with the next request. @throws DomainError NOT_FOUND */
export async function revokeApiKey(scope: Scope, input: { idempotencyKey: string; apiKeyId: string }): Promise<string> {
  const { tenantId, viewer, services } = scope
  const id = await runOnce(scope, 'revokeApiKey', input, async (tx, now) => {
    const found = isUuid(input.apiKeyId)
      ? await tx.apiKey.findFirst({ where: { AND: [{ id: input.apiKeyId }, visibleKeys(viewer)] } })
      : null
    if (found === null) throw new DomainError('NOT_FOUND', 'There is no such key.', 'input.apiKeyId')
    if (found.revokedAt !== null) return { id: found.id, evidence: [] }
    await tx.apiKey.updateMany({
      where: { id: found.id },
      data: { revokedAt: now, revokedBy: viewer.userId },
    })
    await notify(tx, { tenantId, kind: 'key.revoked', data: { keyId: found.id }, now })
    const { commitToPerson } = services
    return { id: found.id, evidence: [keyEvidence('revoked', found, { commitToPerson, actorId: viewer.userId })] }
  })
  services.standings.forget()
  return id
}
