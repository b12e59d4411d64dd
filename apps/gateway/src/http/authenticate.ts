import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Action } from '@lethe/domain'
import { GraphQLError } from 'graphql'
import { createContext, type Context, type Scope } from '../context.js'
import { unauthenticated } from '../graphql/refusals.js'
import { assertAllowed } from '../graphql/requires.js'
import { verifyToken } from '../identity/verify-token.js'
import type { Services } from '../services.js'
import type { SignedIn } from '../tenant-viewer.js'

const bearer = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/i

/** Nobody without a token; `rejected` with one that is not valid (any more), so that a client learns to renew it. */
export async function viewerOf(request: FastifyRequest, services: Services): Promise<SignedIn | null | 'rejected'> {
  const { authorization } = request.headers
  if (authorization === undefined) return null
  const token = bearer.exec(authorization)?.[1]
  if (token === undefined) return 'rejected'
  const holder = await verifyToken(token, services.tokenKeys, services.now())
  if (holder === null) return 'rejected'
  return {
    ...holder,
    via: 'session',
    keyId: null,
    keyRequestsPerMinute: null,
    tenant: holder.tenantId === null ? null : { isSuspended: false, requestsPerMinute: null },
    cases: null,
  }
}

/** Context of a request whose token was accepted by {@link refuseBadTokens}. */
export async function contextOf(request: FastifyRequest, services: Services): Promise<Context> {
  const viewer = await viewerOf(request, services)
  if (viewer === 'rejected') throw unauthenticated()
  return createContext({ viewer, services, correlationId: request.id })
}

/** Answers 401 in the shape of a GraphQL response before an operation with a bad token is even parsed. */
export const refuseBadTokens = (services: Services) => async (request: FastifyRequest, reply: FastifyReply) => {
  if ((await viewerOf(request, services)) !== 'rejected') return
  await reply.code(401).send({ errors: [unauthenticated().toJSON()] })
}

const statusOf: Record<string, number> = { UNAUTHENTICATED: 401, FORBIDDEN: 403 }

/** Scope of a plain HTTP request, or a refusal that has been sent. */
export async function authorise(
  request: FastifyRequest,
  reply: FastifyReply,
  services: Services,
  action: Action,
): Promise<Scope | null> {
  try {
    const context = await contextOf(request, services)
    assertAllowed(context.viewer, action)
    return context.scope()
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const code = String(error.extensions['code'])
    await reply.code(statusOf[code] ?? 403).send({ code, message: error.message })
    return null
  }
}
