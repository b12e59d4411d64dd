import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Action, isDomainError } from '@lethe/domain'
import { GraphQLError } from 'graphql'
import { resolveGrant, resolveViewer } from '../access/resolve-viewer.js'
import { createContext, type Context, type Scope } from '../context.js'
import { unauthenticated } from '../graphql/refusals.js'
import { assertAllowed } from '../graphql/requires.js'
import type { Services } from '../services.js'
import type { SignedIn } from '../tenant-viewer.js'
import { assertWithinRates, rateLimitHeaders } from './rate-limits.js'

const never = new AbortController().signal

/** A JWT or an API key. */
const bearer = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*|[\w-]+)$/i

export const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  bearer.exec(headers.authorization ?? '')?.[1]

/** Of a signed address, whoever asked for it; see mount-downloads.ts. Undefined where the address is not signed. */
async function readGranted(request: FastifyRequest, services: Services): Promise<Viewer | undefined> {
  const { grant: sealed } = request.query as { grant?: unknown }
  if (sealed === undefined) return undefined
  const path = request.url.split('?')[0] ?? ''
  const grant =
    request.method === 'GET' && typeof sealed === 'string'
      ? services.downloads.open(sealed, path, services.now())
      : null
  return grant === null ? 'rejected' : ((await resolveGrant(grant.by, services)) ?? 'rejected')
}

type Viewer = SignedIn | null | 'rejected'
const viewers = new WeakMap<FastifyRequest, Promise<Viewer>>()

/** Nobody without a token or key; `rejected` with one that is not valid (any more), so that a client learns to renew it. */
export function viewerOf(request: FastifyRequest, services: Services): Promise<Viewer> {
  const known = viewers.get(request) ?? readViewer(request, services)
  viewers.set(request, known)
  return known
}

async function readViewer(request: FastifyRequest, services: Services): Promise<Viewer> {
  if (request.headers.authorization === undefined) return (await readGranted(request, services)) ?? null
  const token = bearerOf(request)
  if (token === undefined) return 'rejected'
  return (await resolveViewer(token, services)) ?? 'rejected'
}

/** Context of a request whose token was accepted by {@link refuseBadTokens}. */
export async function contextOf(
  request: FastifyRequest,
  services: Services,
  signal: AbortSignal = never,
): Promise<Context> {
  const viewer = await viewerOf(request, services)
  if (viewer === 'rejected') throw unauthenticated()
  const renew = async (): Promise<SignedIn | null> => {
    const renewed = await readViewer(request, services)
    return renewed === 'rejected' ? null : renewed
  }
  return createContext({ viewer, services, signal, renew, correlationId: request.id, address: request.ip })
}

/** Answers 401 in the shape of a GraphQL response before an operation with a bad token is even parsed. */
export const refuseBadTokens = (services: Services) => async (request: FastifyRequest, reply: FastifyReply) => {
  if ((await viewerOf(request, services)) !== 'rejected') return
  await reply.code(401).send({ errors: [unauthenticated().toJSON()] })
}

const statusOf: Record<string, number> = { UNAUTHENTICATED: 401, FORBIDDEN: 403, RATE_LIMITED: 429 }

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
    const allowances = await services.rates.spend(context, 1)
    reply.headers(rateLimitHeaders(allowances))
    assertWithinRates(allowances)
    return context.scope()
  } catch (error) {
    if (!(error instanceof GraphQLError) && !isDomainError(error)) throw error
    const code = error instanceof GraphQLError ? String(error.extensions['code']) : error.code
    await reply.code(statusOf[code] ?? 403).send({ code, message: error.message })
    return null
  }
}
