import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@lethe/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRateLimits } from './http/rate-limits.js'
import { openTrustedDocuments } from './http/trusted-documents.js'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { openStream } from './testing/read-stream.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const trusted = 'query Trusted { viewer { role } }'
const trustedStream = 'subscription { tenantChanged { id } }'

let folder: string
let file: string
let rig: GatewayRig
let acme: TestTenant
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-documents-'))
  file = join(folder, 'documents.json')
  writeFileSync(file, JSON.stringify({ [sha256(trusted)]: trusted, [sha256(trustedStream)]: trustedStream }))
  rig = await startGatewayRig({
    COST_PER_MINUTE: 400,
    ANONYMOUS_COST_PER_MINUTE: 40,
    TRUSTED_DOCUMENTS_FILES: [file],
  })
  acme = await rig.createTenant('acme')
})
afterAll(async () => {
  await rig.stop()
  rmSync(folder, { recursive: true })
})

interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    data?: Record<string, unknown>
    errors?: { extensions: { code: string; retryAfterSeconds?: number } }[]
    extensions?: { cost: { requested: number; limit: number; remaining: number; resetSeconds: number } }
  }
}

async function ask(body: object, token?: string): Promise<Answered> {
  const response = await rig.post('/graphql', body, token)
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answered['body'] }
}

/** Asks until the window's allowance is used up. */
async function exhaust(token: string | undefined, query: string): Promise<{ answers: Answered[]; refused: Answered }> {
  const answers: Answered[] = []
  for (;;) {
    const answered = await ask({ query }, token)
    if (answered.body.errors) return { answers, refused: answered }
    answers.push(answered)
    if (answers.length > 100) throw new Error('Nothing was ever refused.')
  }
}

const list = '{ datasets(first: 20) { edges { node { id name } } totalCount } }'
/** The page, and twenty times: edges, a node with two fields, and what else is asked of the page. */
const costOfList = 10 + 20 * (1 + 1 + 2 + 1)

describe('what an operation costs', () => {
  it('is told with what is left of the window, in the answer and in the headers', async () => {
    const { body, headers } = await ask({ query: list }, acme.tokens.engineer)
    const { requested, limit, remaining, resetSeconds } = body.extensions?.cost as Required<
      Answered['body']
    >['extensions']['cost']
    expect({ requested, limit, remaining }).toEqual({
      requested: costOfList,
      limit: 15_000,
      remaining: 400 - costOfList,
    })
    expect(headers.get('ratelimit-policy')).toBe('"cost";q=400;w=60')
    expect(headers.get('ratelimit')).toBe(`"cost";r=${remaining};t=${resetSeconds}`)
    expect(headers.get('retry-after')).toBeNull()
  })
})

describe('a caller who asks for too much in a minute', () => {
  it('is refused with 429 and the seconds to wait; others are not', async () => {
    const { answers, refused } = await exhaust(acme.tokens.privacy_officer, list)
    expect(answers).toHaveLength(Math.floor(400 / costOfList))
    expect([refused.status, refused.body.errors?.[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED'])
    expect(refused.body.data).toBeUndefined()
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(60)
    expect(refused.body.errors?.[0]?.extensions.retryAfterSeconds).toBe(wait)
    expect((await ask({ query: list }, acme.tokens.auditor)).status).toBe(200)
  })

  it('is refused files and streams, too', async () => {
    await exhaust(acme.tokens.tenant_owner, list)
    const file = await fetch(`${rig.url}/v1/evidence/log-checkpoint`, {
      headers: { authorization: `Bearer ${acme.tokens.tenant_owner}` },
    })
    expect([file.status, await file.json()]).toMatchObject([429, { code: 'RATE_LIMITED' }])
    const stream = await openStream(rig, {
      token: acme.tokens.tenant_owner,
      query: trustedStream,
      signal: AbortSignal.timeout(10_000),
    })
    expect([stream.status, await stream.json()]).toMatchObject([
      429,
      { errors: [{ extensions: { code: 'RATE_LIMITED' } }] },
    ])
    expect(stream.headers.get('retry-after')).not.toBeNull()
  })

  it('pays for nonsense as well, signed in or not', async () => {
    const left = async () =>
      Number(/r=(\d+)/.exec((await ask({ query: '{ oops' })).headers.get('ratelimit') ?? '')?.[1])
    const before = await left()
    expect(await left()).toBe(before - 10)
    const { refused } = await exhaust(undefined, '{ viewer { id } }')
    expect([refused.status, refused.body.errors?.[0]?.extensions.code]).toEqual([429, 'RATE_LIMITED'])
  })

  it('pays for nonsense by its length, and is then refused before it is read', async () => {
    const { rates } = rig.gateway.services
    const token = acme.tokens.auditor
    const before = Number(/r=(\d+)/.exec((await ask({ query: '{ oops' }, token)).headers.get('ratelimit') ?? '')?.[1])
    const long = `{ viewer { ${'id '.repeat(300)} x } }`
    const told = (await ask({ query: long }, token)).headers.get('ratelimit') ?? ''
    expect(Number(/r=(\d+)/.exec(told)?.[1])).toBe(before - Math.ceil(long.length / 8))
    const stream = () => openStream(rig, { token, query: long, signal: AbortSignal.timeout(10_000) })
    while ((await stream().then(async (answer) => (await answer.text(), answer.status))) !== 429);
    const spend = rates.spend.bind(rates)
    const spent: number[] = []
    Object.assign(rates, { spend: (...args: Parameters<typeof spend>) => (spent.push(args[1]), spend(...args)) })
    try {
      expect((await ask({ query: long }, token)).status).toBe(429)
      expect((await stream()).status).toBe(429)
    } finally {
      Object.assign(rates, { spend })
    }
    expect(spent).toEqual([])
  })

  it('is counted once over several gateways, and by each alone while the database is away', async () => {
    const options = { logger: createLogger('test', 'silent'), costPerMinute: 100, anonymousCostPerMinute: 10 }
    const { pool } = rig.gateway.services.db
    const [one, other] = [createRateLimits({ ...options, pool }), createRateLimits({ ...options, pool })]
    const payer = { viewer: null, address: '192.0.2.1' }
    const taken = await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 2 ? one : other).spend(payer, 1)))
    expect(taken.flat().filter(({ isExceeded }) => !isExceeded)).toHaveLength(10)
    const gone = { query: () => Promise.reject(new Error('the database is away')) }
    const alone = createRateLimits({ ...options, pool: gone as unknown as typeof pool })
    const counted = await Promise.all(Array.from({ length: 12 }, () => alone.spend(payer, 1)))
    expect(counted.flat().filter(({ isExceeded }) => !isExceeded)).toHaveLength(10)
  })

  it('has the bounds of a key and of a tenant counted in requests beside it', async () => {
    const { rates } = rig.gateway.services
    const viewer = {
      userId: 'u',
      tenantId: acme.id,
      keyId: 'k',
      keyRequestsPerMinute: 3,
      tenant: { isSuspended: false, requestsPerMinute: 5 },
    }
    const payer = { viewer, address: '' } as unknown as Parameters<typeof rates.spend>[0]
    const last = (await Promise.all(Array.from({ length: 4 }, () => rates.spend(payer, 1)))).flat()
    expect(last.filter(({ policy, isExceeded }) => policy === 'key' && isExceeded)).toHaveLength(1)
    expect(last.filter(({ policy, isExceeded }) => policy === 'tenant' && isExceeded)).toHaveLength(0)
    expect(last.find(({ policy }) => policy === 'tenant')).toMatchObject({ limit: 5 })
  })
})

describe('trusted documents', () => {
  const codeOf = ({ body }: Answered) => body.errors?.[0]?.extensions.code

  it('are run by the hash of their text; another hash is unknown, and what is no hash a bad request', async () => {
    const known = await ask({ documentId: `sha256:${sha256(trusted)}` }, acme.tokens.data_owner)
    expect(known.body.data).toEqual({ viewer: { role: 'data_owner' } })
    const unknown = await ask({ documentId: `sha256:${sha256('other')}` }, acme.tokens.data_owner)
    expect([unknown.status, codeOf(unknown)]).toEqual([400, 'DOCUMENT_UNKNOWN'])
    expect(codeOf(await ask({ documentId: 'trusted' }, acme.tokens.data_owner))).toBe('BAD_REQUEST')
  })

  it('are the only ones that run where the gateway says so, whatever else is sent with them', () => {
    const only = openTrustedDocuments('only', [file])
    expect(only.resolve({ documentId: `sha256:${sha256(trusted)}`, query: '{ datasets { totalCount } }' })).toBe(
      trusted,
    )
    expect(() => only.resolve({ query: trusted })).toThrow(
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'DOCUMENT_NOT_TRUSTED' }) }),
    )
    const off = openTrustedDocuments('off', [file])
    expect(off.resolve({ query: trusted })).toBe(trusted)
    expect(() => off.resolve({ documentId: `sha256:${sha256(trusted)}` })).toThrow(
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'DOCUMENT_UNKNOWN' }) }),
    )
  })

  it('are not read from a file whose hashes do not fit, and not wanted without one', () => {
    const wrong = join(folder, 'wrong.json')
    writeFileSync(wrong, JSON.stringify({ [sha256('a')]: 'b' }))
    const invalid = expect.objectContaining({ code: 'TRUSTED_DOCUMENTS_INVALID' })
    expect(() => openTrustedDocuments('also', [wrong])).toThrow(invalid)
    expect(() => openTrustedDocuments('also', [join(folder, 'missing.json')])).toThrow(invalid)
    expect(() => openTrustedDocuments('only', [])).toThrow(invalid)
  })
})
