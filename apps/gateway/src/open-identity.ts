import { type Database, newId } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import { openMailer } from '@lethe/mail'
import type { Logger } from '@lethe/runtime'
import type { GatewayEnv } from './env.js'
import { type IdentityOptions, openIdentityPool } from './identity/identity-core.js'
import { createIdentityProvider, type IdentityProvider } from './identity/identity-provider.js'
import type { PasswordHashing } from './identity/password-hashing.js'
import { openPostman } from './identity/postman.js'
import { identityChallengesOf } from './modules/identity-challenge/answer-challenge.js'
import type { Services } from './services.js'

/** The identity provider with what it needs of a tenant's own rows. */
export function openIdentity(input: {
  env: GatewayEnv
  db: Database
  logger: Logger
  now: () => Date
  commitToPerson: Services['commitToPerson']
  passwords: PasswordHashing
}): IdentityProvider {
  const { env, db, logger, now, commitToPerson, passwords } = input
  const pool = openIdentityPool(env.AUTH_DATABASE_URL)
  const mailer = openMailer({ url: env.MAIL_URL, from: env.MAIL_FROM })
  const options: IdentityOptions = {
    databaseUrl: env.AUTH_DATABASE_URL,
    publicUrl: env.BASE_URL,
    portalUrl: env.PORTAL_URL.replace(/\/+$/, ''),
    secret: env.GATEWAY_SECRET,
    trustedOrigins: env.TRUSTED_ORIGINS,
    signInsPerMinute: env.SIGN_INS_PER_MINUTE,
    signUp: env.SIGN_UP,
    sso: { allowLoopback: env.SSO_ALLOW_LOOPBACK, dnsServers: env.DNS_SERVERS },
    now,
    onJoining: (member) => admit(db, member),
    challenges: identityChallengesOf({ db, commitToPerson }),
    onFounding: async ({ tenantId, name, slug }) => {
      await db.forTenant(tenantId).tenant.create({ data: { id: tenantId, name, slug, createdAt: now() } })
    },
  }
  return createIdentityProvider({ pool, postman: openPostman({ mailer, pool, logger }), options, passwords })
}

/** A suspended or full tenant takes nobody in. A data owner is known from now on by the key that the tenant gave them. */
async function admit(db: Database, member: Parameters<IdentityOptions['onJoining']>[0]): Promise<void> {
  const { tenantId, userId, subjectKey, members } = member
  const client = db.forTenant(tenantId)
  const tenant = await client.tenant.findFirst({ select: { suspendedAt: true, maxMembers: true } })
  if (tenant === null || tenant.suspendedAt !== null)
    throw new DomainError('TENANT_CLOSED', 'This tenant takes nobody in at present; ask its owner.', 'token')
  if (tenant.maxMembers !== null && members > tenant.maxMembers)
    throw new DomainError(
      'QUOTA_MEMBERS',
      'This organisation has as many members as it may have; ask its owner to have the bound raised.',
    )
  if (subjectKey === null) return
  const owner = await client.dataOwner.findFirst({ where: { subjectKey }, select: { userId: true } })
  if (owner !== null && owner.userId !== null && owner.userId !== userId)
    throw new DomainError(
      'SUBJECT_TAKEN',
      'Somebody signs in as this data owner already; ask for a new invitation.',
      'token',
    )
  await client.dataOwner.upsert({
    where: { tenantId_subjectKey: { tenantId, subjectKey } },
    create: { id: newId(), tenantId, subjectKey, userId },
    update: { userId },
  })
}
