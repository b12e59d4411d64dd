import type { Database } from '@lethe/db'
import type { Logger } from '@lethe/runtime'
import { GraphQLError } from 'graphql'
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
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
}

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
  const take = async (policy: Allowance['policy'], key: string, limit: number, points: number): Promise<Allowance> => {
    const [state, isExceeded] = await limiterOf(limit)
      .consume(key, points)
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
      resetSeconds: Math.max(1, Math.ceil(state.msBeforeNext / 1000)),
      isExceeded,
    }
  }
  return {
    spend: ({ viewer, address }, cost) => {
      if (viewer === null) return Promise.all([take('cost', `address:${address}`, anonymousCostPerMinute, cost)])
      const { keyId, userId, tenantId, keyRequestsPerMinute, tenant } = viewer
      const taken = [take('cost', keyId === null ? `user:${tenantId}:${userId}` : `key:${keyId}`, costPerMinute, cost)]
      if (keyId !== null && keyRequestsPerMinute !== null)
        taken.push(take('key', `key-requests:${keyId}`, keyRequestsPerMinute, 1))
      if (tenant !== null && tenant.requestsPerMinute !== null)
        taken.push(take('tenant', `tenant-requests:${tenantId}`, tenant.requestsPerMinute, 1))
      return Promise.all(taken)
    },
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

/** @throws GraphQLError RATE_LIMITED when any bound is exceeded. */
export function assertWithinRates(allowances: readonly Allowance[]): void {
  const exceeded = allowances.filter(({ isExceeded }) => isExceeded)
  if (exceeded.length === 0) return
  const retryAfterSeconds = Math.max(...exceeded.map(({ resetSeconds }) => resetSeconds))
  throw new GraphQLError(`Too much was asked for in this minute; try again in ${retryAfterSeconds} s.`, {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds, http: { status: 429 } },
  })
}
