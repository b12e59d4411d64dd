import { type Action, DomainError, isDomainError } from '@lethe/domain'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import { assertAllowed } from '../graphql/requires.js'
import type { Services } from '../services.js'
import { viewerOf } from './authenticate.js'

/**
 * What a route asks of whoever calls: an action of the table of roles; or nothing, because each GraphQL field asks for
 * itself (`fields`), the address is signed (`signed-address`), a service shows its own credential (`service`), or there is
 * nothing of any tenant in it (`public`).
 */
type RouteAccess = Action | 'fields' | 'signed-address' | 'service' | 'public'

const access: Readonly<Record<string, RouteAccess>> = {
  '/livez': 'public',
  '/readyz': 'public',
  '/graphql': 'fields',
  '/graphql/stream': 'fields',
  '/v1/uploads/:tenant/:digest': 'signed-address',
  '/v1/downloads': 'tenant:read',
  '/v1/samples/:version/:file': 'dataset:read',
  '/v1/audits/:id/matrices': 'audit:read',
  '/v1/evidence/bundles/:id': 'erasure:read',
  '/v1/evidence/export': 'evidence:read',
  '/v1/exports/erasure-requests': 'erasure:read',
  '/v1/exports/audits': 'audit:read',
  '/v1/exports/clocks': 'sla:read',
  '/v1/exports/runs': 'run:read',
  '/v1/exports/key.pem': 'public',
  '/v1/evidence/log-checkpoint': 'evidence:read',
  '/v1/evidence/model-signing-key.pem': 'evidence:read',
  // What was learned asks for more, which depends on the file's name.
  '/v1/model-versions/:id/:file': 'model:read',
  '/v1/admin/tenants': 'tenant:write',
  '/v1/admin/members': 'platform:write',
  '/v1/introspect': 'service',
}

/** Below it everybody is a stranger yet; the identity provider has rules of its own. */
const identityPrefix = '/auth/'

const accessOf = (url: string): RouteAccess | undefined =>
  Object.hasOwn(access, url) ? access[url] : url.startsWith(identityPrefix) ? 'public' : undefined

const statusOf: Record<string, number> = { UNAUTHENTICATED: 401 }

/**
 * Puts the check before every route that is mounted from now on. A route that is not in the table above is not mounted: the
 * process does not start.
 */
export function guardRoutes(app: FastifyInstance, services: Services): void {
  app.addHook('onRoute', ({ method, url }) => {
    if (accessOf(url) === undefined) throw new Error(`${String(method)} ${url} does not say who may call it.`)
  })
  app.addHook('onRequest', async (request, reply) => {
    const required = accessOf(request.routeOptions.url ?? '')
    if (required === 'signed-address') return refuseSuspended(request, reply, services)
    if (required === undefined || required === 'fields' || required === 'service' || required === 'public') return
    try {
      const viewer = await viewerOf(request, services)
      assertAllowed(viewer === 'rejected' ? null : viewer, required)
    } catch (error) {
      if (!(error instanceof GraphQLError) && !isDomainError(error)) throw error
      const code = error instanceof GraphQLError ? String(error.extensions['code']) : error.code
      await reply.code(statusOf[code] ?? 403).send({ code, message: error.message })
    }
  })
}

/** A signed address outlives the moment that it was given out in. */
async function refuseSuspended(request: FastifyRequest, reply: FastifyReply, services: Services): Promise<void> {
  const { tenant } = request.params as { tenant?: string }
  if (tenant === undefined || request.method === 'HEAD') return
  if (!(await services.standings.isSuspended(tenant))) return
  const { code, message } = new DomainError('TENANT_SUSPENDED', 'This tenant is suspended and can only be read.')
  await reply.code(403).send({ code, message })
}
