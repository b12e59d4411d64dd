import { newId } from '@lethe/db'
import type { CallingService } from '@lethe/domain'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { createSchema } from './graphql/build-schema.js'
import { limits } from './graphql/limits.js'
import { acceptJson } from './http/body.js'
import { mountAdmin } from './http/mount-admin.js'
import { mountDownloads } from './http/mount-downloads.js'
import { mountEvidenceExport } from './http/mount-evidence-export.js'
import { mountExports } from './http/mount-exports.js'
import { mountFiles } from './http/mount-files.js'
import { mountGraphql } from './http/mount-graphql.js'
import { mountHealth } from './http/mount-health.js'
import { mountSubscriptions } from './http/mount-subscriptions.js'
import { mountIntrospection } from './http/mount-introspection.js'
import { mountUploads } from './http/mount-uploads.js'
import { guardRoutes } from './http/route-access.js'
import { answerBrokenRequest, transportRefusal } from './http/transport-error.js'
import type { IdentityProvider } from './identity/identity-provider.js'
import { mountIdentity } from './identity/mount-identity.js'
import type { Services } from './services.js'

export interface ServerOptions {
  readonly services: Services
  /** Base64 of the Ed25519 keys (SPKI) by which services that call this one show who they are. */
  readonly serviceKeys: Readonly<Record<CallingService, string>>
  readonly identity: IdentityProvider
  /** Hides the schema from strangers. */
  readonly isProduction: boolean
  /** Addresses or networks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  /** Longest that a client may take to send a request. */
  readonly requestTimeoutMs: number
  readonly operationTimeoutMs: number
  readonly streamsPerViewer: number
  readonly streamStallMs: number
}

/** Everything that the gateway answers, ready to listen. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { services, identity, requestTimeoutMs, trustedProxies } = options
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: Math.min(requestTimeoutMs, 15_000), connectionsCheckingInterval: 1_000 },
    clientErrorHandler: answerBrokenRequest,
    genReqId: () => newId(),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  })
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('cache-control', 'no-store')
    done()
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refused = transportRefusal(error)
    if (refused) return reply.code(refused.status).send({ code: refused.code, message: refused.message })
    services.logger.error({ err: error, correlationId: request.id }, 'request failed')
    const message = 'Something went wrong on our side; quote the correlation id when you report it.'
    return reply.code(500).send({ code: 'INTERNAL_SERVER_ERROR', message, correlationId: request.id })
  })
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ code: 'NOT_FOUND', message: 'Nothing is served at this address.' }),
  )
  acceptJson(app)
  const schema = createSchema()
  guardRoutes(app, services)
  mountHealth(app, services)
  await mountIdentity(app, identity)
  await mountGraphql(app, { schema, ...options })
  await mountSubscriptions(app, { schema, ...options })
  await mountUploads(app, services)
  mountDownloads(app, services)
  mountFiles(app, services)
  mountEvidenceExport(app, services)
  mountExports(app, services)
  mountAdmin(app, services)
  await mountIntrospection(app, services, options.serviceKeys)
  await app.ready()
  return app
}
