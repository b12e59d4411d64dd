import { createHmac } from 'node:crypto'
import { openArtifactStore } from '@lethe/artifacts'
import { connectBus } from '@lethe/bus'
import { openDatabase } from '@lethe/db'
import type { Logger } from '@lethe/runtime'
import type { FastifyInstance } from 'fastify'
import type { GatewayEnv } from './env.js'
import { createEventPositions } from './graphql/event-position.js'
import { createRateLimits } from './http/rate-limits.js'
import { openTrustedDocuments } from './http/trusted-documents.js'
import { createUploadStaging, type UploadStaging } from './http/upload-staging.js'
import { createDownloadGrants } from './http/download-grants.js'
import { createUploadSigner } from './http/upload-signer.js'
import { AccessRecorder } from './access/access-recorder.js'
import { KeyUse } from './access/key-use.js'
import { createStandings } from './access/standings.js'
import { ssoRedirectUri } from './identity/identity-provider.js'
import { invitationsOf } from './identity/invitations.js'
import { membershipsOf } from './identity/memberships.js'
import { type PasswordHashing, slowHashing } from './identity/password-hashing.js'
import { peopleOf } from './identity/people.js'
import { openIdentity } from './open-identity.js'
import { createTokenVerifier, rememberKeys } from './identity/verify-token.js'
import { encodeModelVerifier, exportKey, parseModelVerifier } from '@lethe/ledger'
import { createLogIdentity } from './modules/evidence/log-identity.js'
import { createExportSigner } from './modules/export/export-signer.js'
import { createServer } from './server.js'
import type { Services } from './services.js'

export interface Gateway {
  readonly app: FastifyInstance
  readonly services: Services
  /** When every mail that answers did not wait for has gone, or has failed. */
  settleMail(): Promise<void>
  /** Answers what has come in, then lets go of database and bus. */
  close(): Promise<void>
}

/** Half an upload is kept for so long after its last byte. */
const uploadKeepMs = 24 * 3_600_000

/**
 * Connects to what the gateway stands on and makes the first platform admin; `now` is its clock.
 *
 * @param passwords other than as usual in tests alone, which make people by the hundred
 */
export async function openGateway(
  env: GatewayEnv,
  logger: Logger,
  now: () => Date,
  passwords: PasswordHashing = slowHashing,
): Promise<Gateway> {
  const db = await openDatabase({
    url: env.DATABASE_URL,
    role: 'gateway',
    onConnectionError: (error) => logger.warn({ reason: error.message }, 'a database connection broke'),
  })
  const bus = await connectBus({ url: env.NATS_URL, name: 'gateway', user: 'gateway' })
  const commitments = commitBy(env.GATEWAY_SECRET)
  const identity = openIdentity({ env, db, logger, now, passwords, ...commitments })
  const people = peopleOf(identity)
  const memberships = membershipsOf(identity)
  const accessRecorder = new AccessRecorder({ db, logger, now, ...commitments })
  const { BOOTSTRAP_ADMIN_EMAIL: email, BOOTSTRAP_ADMIN_PASSWORD: password } = env
  if (email !== undefined && password !== undefined)
    await people.ensurePlatformAdmin({ email, password, name: 'Platform admin' })
  const modelVerifier = parseModelVerifier(env.MODEL_PUBLIC_KEY)
  const staging = createUploadStaging(env.UPLOAD_DIR)
  const sweeping = sweepStaging(staging, now)
  const services: Services = {
    db,
    bus,
    people,
    invitations: invitationsOf(identity),
    ssoProviders: identity.ssoProviders,
    ssoRedirectUri: ssoRedirectUri(identity.options.portalUrl),
    postman: identity.postman,
    portalUrl: identity.options.portalUrl,
    memberships,
    accessRecorder,
    standings: createStandings({ memberships, db }),
    keyUse: new KeyUse({ db, logger }),
    logger,
    now,
    artifacts: await openArtifactStore(env.ARTIFACTS, bus.nc, { isMadeElsewhere: true }),
    tokens: createTokenVerifier({
      own: rememberKeys(() => identity.auth.api.getJwks()),
      issuers: env.OIDC_ISSUERS,
      logger,
    }),
    externalIssuers: env.OIDC_ISSUERS,
    downloads: createDownloadGrants(env.GATEWAY_SECRET),
    uploads: createUploadSigner(env.GATEWAY_SECRET),
    staging,
    exportSigner: createExportSigner(env.GATEWAY_SECRET, env.LOG_HOST),
    documents: openTrustedDocuments(env.TRUSTED_DOCUMENTS, env.TRUSTED_DOCUMENTS_FILES),
    rates: createRateLimits({
      pool: db.pool,
      logger,
      costPerMinute: env.COST_PER_MINUTE,
      anonymousCostPerMinute: env.ANONYMOUS_COST_PER_MINUTE,
    }),
    eventPositions: createEventPositions(env.GATEWAY_SECRET),
    logIdentity: createLogIdentity({
      publicKey: env.LOG_PUBLIC_KEY,
      previousPublicKeys: env.LOG_PREVIOUS_PUBLIC_KEYS,
      modelKeys: [encodeModelVerifier(modelVerifier)],
      exportKey: exportKey(env.GATEWAY_SECRET, env.LOG_HOST),
      host: env.LOG_HOST,
    }),
    modelVerifier,
    ...commitments,
    publicUrl: env.BASE_URL,
    embeddingUrl: env.EMBEDDING_URL,
    maxUploadBytes: env.MAX_UPLOAD_BYTES,
    webhookTargets: env.WEBHOOK_TARGETS,
  }
  const app = await createServer({
    services,
    serviceKeys: { embedding: env.EMBEDDING_PUBLIC_KEY },
    identity,
    isProduction: env.NODE_ENV === 'production',
    trustedProxies: env.TRUST_PROXY,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    operationTimeoutMs: env.OPERATION_TIMEOUT_MS,
    streamsPerViewer: env.STREAMS_PER_VIEWER,
    streamStallMs: env.STREAM_STALL_MS,
  })
  accessRecorder.start()
  const close = async () => {
    clearInterval(sweeping)
    await app.close()
    await accessRecorder.stop()
    await Promise.all([db.close(), bus.close(), identity.close()])
  }
  return { app, services, settleMail: () => identity.settled(), close }
}

/** Uploads that were given up do not stay on disk. */
function sweepStaging(staging: UploadStaging, now: () => Date): NodeJS.Timeout {
  const sweep = () => void staging.sweep(new Date(now().getTime() - uploadKeepMs)).catch(() => undefined)
  sweep()
  return setInterval(sweep, 3_600_000).unref()
}

function commitBy(secret: string): Pick<Services, 'commitToPerson' | 'commitToName'> {
  const commit = (text: string) => createHmac('sha256', secret).update(text).digest('hex')
  return {
    commitToPerson: ({ tenantId, userId }) => commit(`person\n${tenantId}\n${userId}`),
    commitToName: ({ tenantId, name }) => commit(`name\n${tenantId}\n${name}`),
  }
}
