import type { Database } from '@lethe/db'
import type { Logger } from '@lethe/runtime'
import type { FastifyReply } from 'fastify'
import { GraphQLError } from 'graphql'
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Context } from '../context.js'
import type { SignedIn } from '../tenant-viewer.js'

const windowSeconds = 60

/** Who pays for a request: somebody who is signed in, or else an address. */
export interface Payer {
  readonly viewer: SignedIn | null
  readonly address: string
}

/** What is left of one bound in its window. */
export interface Allowance {
  /** Name of the bound in the headers: `cost` in fields, `key` and `tenant` in requests. */
  readonly policy: 'cost' | 'key' | 'tenant'
  readonly limit: number
  readonly remaining: number
  /** Whole seconds until the window ends, 1 or more. */
  readonly resetSeconds: number
  readonly isExceeded: boolean
}

export interface RateLimits {
  /** Takes a request of this cost from every bound of its payer; whether it may go on is for the caller to say. */
  spend(payer: Payer, cost: number): Promise<readonly Allowance[]>
  /** Bounds of its payer that this gateway knows to be used up, asked before a request has cost any work. */
  usedUp(payer: Payer): readonly Allowance[]
}

/** One bound of a payer, and what a request of a cost takes from it. */
interface Bound {
  readonly policy: Allowance['policy']
  readonly key: string
  readonly limit: number
  readonly points: (cost: number) => number
}

/** What the library's limiters know of keys in memory; it has the method and leaves it out of its types. */
interface KnowsBlocked {
  getInMemoryBlockMsBeforeExpire(key: string): number
}

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000))

export interface RateLimitOptions {
  readonly pool: Database['pool']
  readonly logger: Logger
  /** Fields that one caller may ask for in a minute. */
  readonly costPerMinute: number
  /** The same of everybody who is not signed in, by address. */
  readonly anonymousCostPerMinute: number
}

/**
 * Counters in PostgreSQL, in a table that is not logged: one statement a bound, exact over any number of gateways. A
 * caller whose allowance is used up is refused out of memory until the window ends. Without the database each gateway
 * counts for itself.
 */
export function createRateLimits({
  pool,
  logger,
  costPerMinute,
  anonymousCostPerMinute,
}: RateLimitOptions): RateLimits {
  const limiters = new Map<number, RateLimiterPostgres>()
  const limiterOf = (points: number): RateLimiterPostgres => {
    const known = limiters.get(points)
    if (known) return known
    const bound = { points, duration: windowSeconds, keyPrefix: '' }
    const limiter = new RateLimiterPostgres({
      ...bound,
      storeClient: pool,
      storeType: 'pool',
      schemaName: 'traffic',
      tableName: 'spending',
      tableCreated: true,
      clearExpiredByTimeout: limiters.size === 0,
      inMemoryBlockOnConsumed: points,
      insuranceLimiter: new RateLimiterMemory(bound),
    })
    limiters.set(points, limiter)
    return limiter
  }
  const boundsOf = ({ viewer, address }: Payer): Bound[] => {
    const cost = (key: string, limit: number): Bound => ({ policy: 'cost', key, limit, points: (fields) => fields })
    const requests = (policy: 'key' | 'tenant', key: string, limit: number): Bound => ({
      policy,
      key,
      limit,
      points: () => 1,
    })
    if (viewer === null) return [cost(`address:${address}`, anonymousCostPerMinute)]
    const { keyId, userId, tenantId, keyRequestsPerMinute, tenant } = viewer
    const bounds = [cost(keyId === null ? `user:${tenantId}:${userId}` : `key:${keyId}`, costPerMinute)]
    if (keyId !== null && keyRequestsPerMinute !== null)
      bounds.push(requests('key', `key-requests:${keyId}`, keyRequestsPerMinute))
    if (tenant !== null && tenant.requestsPerMinute !== null)
      bounds.push(requests('tenant', `tenant-requests:${tenantId}`, tenant.requestsPerMinute))
    return bounds
  }
  const take = async ({ policy, key, limit, points }: Bound, cost: number): Promise<Allowance> => {
    const [state, isExceeded] = await limiterOf(limit)
      .consume(key, points(cost))
      .then(
        (allowed) => [allowed, false] as const,
        (refused: unknown) => {
          if (refused instanceof RateLimiterRes) return [refused, true] as const
          logger.error({ err: refused }, 'a rate could not be counted')
          throw refused
        },
      )
    return {
      policy,
      limit,
      remaining: state.remainingPoints,
      resetSeconds: secondsOf(state.msBeforeNext),
      isExceeded,
    }
  }
  return {
    spend: (payer, cost) => Promise.all(boundsOf(payer).map((bound) => take(bound, cost))),
    usedUp: (payer) =>
      boundsOf(payer).flatMap(({ policy, key, limit }) => {
        const limiter = limiterOf(limit)
        const ms = (limiter as unknown as KnowsBlocked).getInMemoryBlockMsBeforeExpire(limiter.getKey(key))
        return ms > 0 ? [{ policy, limit, remaining: 0, resetSeconds: secondsOf(ms), isExceeded: true }] : []
      }),
  }
}

/** Headers of draft-ietf-httpapi-ratelimit-headers: what the bounds are, and what is left of each. */
export function rateLimitHeaders(allowances: readonly Allowance[]): Record<string, string> {
  if (allowances.length === 0) return {}
  const listed = (parametersOf: (allowance: Allowance) => string) =>
    allowances.map((allowance) => `"${allowance.policy}";${parametersOf(allowance)}`).join(', ')
  const exceeded = allowances.filter(({ isExceeded }) => isExceeded).map(({ resetSeconds }) => resetSeconds)
  return {
    'ratelimit-policy': listed(({ limit }) => `q=${limit};w=${windowSeconds}`),
    ratelimit: listed(({ remaining, resetSeconds }) => `r=${remaining};t=${resetSeconds}`),
    ...(exceeded.length === 0 ? {} : { 'retry-after': String(Math.max(...exceeded)) }),
  }
}

/** Before any work. @throws GraphQLError RATE_LIMITED for whose allowance is used up, as far as this gateway knows */
export function refuseUsedUp(reply: FastifyReply, context: Context): void {
  const known = context.services.rates.usedUp(context)
  reply.headers(rateLimitHeaders(known))
  assertWithinRates(known)
}

/** @throws GraphQLError RATE_LIMITED when any bound is exceeded. */
export function assertWithinRates(allowances: readonly Allowance[]): void {
  const exceeded = allowances.filter(({ isExceeded }) => isExceeded)
  if (exceeded.length === 0) return
  const retryAfterSeconds = Math.max(...exceeded.map(({ resetSeconds }) => resetSeconds))
  throw new GraphQLError(`Too much was asked for in this minute; try again in ${retryAfterSeconds} s.`, {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds, http: { status: 429 } },
  })
}
