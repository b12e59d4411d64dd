import { connect } from 'node:net'
import { newId } from '@lethe/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from './graphql/limits.js'
import { adminEmail, type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let data: SeededData
beforeAll(async () => {
  rig = await startGatewayRig({ OPERATION_TIMEOUT_MS: 1500, REQUEST_TIMEOUT_MS: 1000 })
  acme = await rig.createTenant('acme')
  data = await seedModel(rig, acme, 'acme')
})
afterAll(() => rig.stop())

interface Refusal {
  readonly status: number
  readonly code: unknown
  readonly text: string
}

/** Bytes as they are, with the headers of a client that speaks the current media type. */
async function send(body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Refusal> {
  const response = await fetch(`${rig.url}/graphql`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      authorization: `Bearer ${acme.tokens.engineer}`,
      ...headers,
    },
  })
  const text = await response.text()
  const { errors } = JSON.parse(text) as { errors?: { extensions?: { code?: unknown } }[] }
  return { status: response.status, code: errors?.[0]?.extensions?.code, text }
}

const ask = (query: string, variables?: object, more: object = {}) =>
  send(JSON.stringify({ query, variables, ...more }))

const nest = (depth: number, around: string, inner: string): string =>
  `${`${around} { `.repeat(depth)}${inner}${' }'.repeat(depth)}`
const repeat = (times: number, make: (index: number) => string): string =>
  Array.from({ length: times }, (_, i) => make(i)).join(' ')
/** Each fragment spreads the next one twice: 2^n selections in n lines. */
const laughs = (levels: number): string =>
  `{ datasets { ...F0 } } ${repeat(levels, (i) => `fragment F${i} on DatasetConnection { ...F${i + 1} ...F${i + 1} }`)} fragment F${levels} on DatasetConnection { totalCount }`

const page = (inner: string) => `edges { node { ${inner} } }`

describe('an operation that is too much', () => {
  it.each<[string, string, string]>([
    ['deep', `{ models { ${page(`productionVersion { ${nest(12, 'parent', 'id')} }`)} } }`, 'QUERY_TOO_DEEP'],
    [
      'deep by fragments',
      `{ models { ${page('productionVersion { ...A }')} } } fragment A on ModelVersion { parent { parent { parent { parent { ...B } } } } } fragment B on ModelVersion { parent { parent { parent { parent { parent { parent { id } } } } } } }`,
      'QUERY_TOO_DEEP',
    ],
    ['full of aliases', `{ viewer { ${repeat(21, (i) => `a${i}: id`)} } }`, 'QUERY_TOO_MANY_ALIASES'],
    [
      'wide at the root',
      `{ ...R ${repeat(11, () => 'viewer { id }')} } fragment R on Query { ${repeat(10, () => 'viewer { id }')} }`,
      'QUERY_TOO_WIDE',
    ],
    ['full of directives', `{ viewer { id ${'@include(if: true) '.repeat(21)} } }`, 'QUERY_TOO_MANY_DIRECTIVES'],
    ['giant', `{ viewer { ${'id '.repeat(limits.tokens)} } }`, 'QUERY_TOO_LARGE'],
    [
      'costly',
      `{ datasets(first: 100) { ${page(`versions(first: 100) { ${page(`samples(first: 100) { ${page('index')} }`)} }`)} } }`,
      'QUERY_TOO_COMPLEX',
    ],
    ['beyond any page', `{ datasets(first: 2000000) { ${page('id')} } }`, 'QUERY_TOO_COMPLEX'],
    ['a billion laughs', laughs(60), 'QUERY_TOO_COMPLEX'],
  ])('%s is refused with its code', async (_what, query, code) => {
    expect(await ask(query)).toMatchObject({ status: 400, code })
  })

  it('costs a page as long as it may be, whether its length is written or a variable', async () => {
    const query = `query ($n: Int!) { datasets(first: $n) { ${page(`versions(first: 100) { ${page('number')} }`)} } }`
    expect((await ask(query, { n: 1 })).code).toBeUndefined()
    expect(await ask(query, { n: 100 })).toMatchObject({ status: 400, code: 'QUERY_TOO_COMPLEX' })
  })

  it('is stopped where lists without a length stand inside each other, with one error', async () => {
    await rig.sql(
      `INSERT INTO model_version (id, tenant_id, model_id, number, state, origin, dataset_version_id, run_id, recipe)
       SELECT gen_random_uuid(), tenant_id, model_id, number + n, 'TRAINING', origin, dataset_version_id, run_id, recipe
       FROM model_version, generate_series(1, 39) AS n WHERE id = $1`,
      [data.modelVersionId],
    )
    const lists = (depth: number): string =>
      depth === 0 ? 'number' : `modelVersions { datasetVersion { ${lists(depth - 1)} } }`
    const read = (depth: number) => ask(`{ datasetVersion(id: "${data.datasetVersionId}") { ${lists(depth)} } }`)
    expect((await read(1)).code).toBeUndefined()
    const refused = await read(3)
    expect(refused.code).toBe('QUERY_TOO_COMPLEX')
    const { errors, data: told } = JSON.parse(refused.text) as { errors: unknown[]; data?: unknown }
    expect([errors.length, told]).toEqual([1, undefined])
  })

  it('is let through at the bound itself', async () => {
    const atBound = `{ viewer { ${repeat(20, (i) => `a${i}: id`)} } }`
    expect(await ask(atBound)).toMatchObject({ status: 200, code: undefined })
  })
})

describe('a document that is none', () => {
  it.each<[string, string, string]>([
    ['syntax', '{ viewer { id }', 'GRAPHQL_PARSE_FAILED'],
    ['nothing', '', 'BAD_REQUEST'],
    ['an unknown field', '{ viewer { idd } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a wrong type', '{ datasets(first: "many") { totalCount } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a cycle of fragments',
      '{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'two operations without a name',
      'query A { viewer { id } } query B { viewer { id } }',
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['introspection', '{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an introspection bomb',
      `{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a subscription', 'subscription { tenantChanged { id } }', 'BAD_REQUEST'],
  ])('%s', async (_what, query, code) => {
    const refused = await ask(query)
    expect([refused.status, refused.code]).toEqual([expect.toSatisfy((s) => s >= 400 && s < 500), code])
    expect(refused.text).not.toMatch(/Did you mean|stacktrace|node_modules/)
  })

  it('names an operation that the document does not have', async () => {
    const query = 'query A { viewer { id } } query B { viewer { id } }'
    expect((await ask(query, {}, { operationName: 'A' })).code).toBeUndefined()
    expect(await ask(query, {}, { operationName: 'C' })).toMatchObject({
      status: 400,
      code: 'OPERATION_RESOLUTION_FAILURE',
    })
  })

  it.each([
    ['of another type', { n: 'many' }],
    ['missing', {}],
    ['null', { n: null }],
  ])('variables %s', async (_what, variables) => {
    const query = 'query ($n: Int!) { datasets(first: $n) { totalCount } }'
    expect(await ask(query, variables)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' })
  })

  it.each([0, -1, 101])('a page of %s', async (n) => {
    const { code } = await ask('query ($n: Int!) { datasets(first: $n) { totalCount } }', { n })
    expect(code).toBe('PAGE_SIZE')
  })

  it('a cursor of another list', async () => {
    expect((await ask('{ datasets(after: "bm90IG91cnM") { totalCount } }')).code).toBe('CURSOR_INVALID')
  })

  const clockId = '01a2252b-0978-7b36-84c7-47924b14a601'
  it.each([
    ['versions of a dataset', '2147483648', 'dataset(id: $id) { versions(after: $after) { totalCount } }'],
    ['samples', '999999999999999', 'datasetVersion(id: $id) { samples(after: $after) { totalCount } }'],
    ['versions of a model', '4294967296', 'model(id: $id) { versions(after: $after) { totalCount } }'],
    ['clocks', `2026-02-30T00:00:00.000Z|${clockId}`, 'slaClocks(after: $after) { totalCount }'],
    ['clocks', `0000-01-01T00:00:00.000Z|${clockId}`, 'slaClocks(after: $after) { totalCount }'],
    ['clocks', `2026-01-01T00:00:00.000Z|${'-'.repeat(36)}`, 'slaClocks(after: $after) { totalCount }'],
  ])('a cursor of %s that was made up (%s)', async (_list, key, field) => {
    const ids = { dataset: data.datasetId, datasetVersion: data.datasetVersionId, model: data.modelId }
    const id = ids[(/^\w+/.exec(field)?.[0] ?? '') as keyof typeof ids] ?? null
    const after = Buffer.from(`v1:${key}`).toString('base64url')
    const declared = id === null ? '($after: String)' : '($after: String, $id: ID!)'
    expect((await ask(`query ${declared} { ${field} }`, { after, id })).code).toBe('CURSOR_INVALID')
  })

  it.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00', '2026-02-30T09:00:00Z'])(
    'the instant %s, which no calendar has',
    async (from) => {
      const refused = await ask('query ($from: DateTime) { evidence(from: $from) { totalCount } }', { from })
      expect(refused).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' })
      const headers = { authorization: `Bearer ${acme.tokens.engineer}` }
      for (const path of ['exports/runs', 'evidence/export']) {
        const file = await fetch(`${rig.url}/v1/${path}?from=${encodeURIComponent(from)}`, { headers })
        expect([file.status, await file.json()]).toMatchObject([422, { code: 'INVALID_INPUT', field: 'query.from' }])
      }
    },
  )
})

describe('bytes that are no request', () => {
  it.each<[string, string | Buffer<ArrayBuffer>, Record<string, string>, number, string]>([
    ['no JSON', '{"query": ', {}, 400, 'BODY_INVALID'],
    ['nothing at all', '', {}, 400, 'BODY_INVALID'],
    ['JSON that is no object', '"{ viewer { id } }"', {}, 400, 'BAD_REQUEST'],
    [
      'half a character',
      Buffer.concat([Buffer.from('{"query":"{ viewer { id } } # '), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
      {},
      400,
      'BODY_INVALID',
    ],
    [
      'another encoding',
      '{"query":"{ viewer { id } }"}',
      { 'content-type': 'application/json; charset=utf-16' },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    [
      'a member that would change every object',
      '{"query":"{ viewer { id } }","__proto__":{"a":1}}',
      {},
      400,
      'BODY_INVALID',
    ],
    ['a batch', '[{"query":"{ viewer { id } }"},{"query":"{ viewer { id } }"}]', {}, 400, 'BATCHING_UNSUPPORTED'],
    [
      'a body past its bound',
      JSON.stringify({ query: '{ viewer { id } }', variables: { x: 'x'.repeat(limits.bodyBytes) } }),
      {},
      413,
      'BODY_TOO_LARGE',
    ],
    [
      'a form',
      'query=%7Bviewer%7Bid%7D%7D',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    [
      'variables too deep',
      `{"query":"{ viewer { id } }","variables":{"x":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
      {},
      400,
      'BODY_INVALID',
    ],
    [
      'the character that no text of a database holds',
      JSON.stringify({ query: '{ viewer { id } }', variables: { x: 'a\0b' } }),
      {},
      400,
      'BODY_INVALID',
    ],
  ])('%s', async (_what, body, headers, status, code) => {
    expect(await send(body, headers)).toMatchObject({ status, code })
  })

  it('a NUL that only the document spells out', async () => {
    const query = `mutation { registerDataset(input: { idempotencyKey: "k", name: "a\\u0000b", uploadDigest: "${'0'.repeat(64)}" }) { ... on UserError { code } } }`
    expect(await ask(query)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' })
  })

  it('something that is not HTTP, and a request that does not arrive in time', async () => {
    const raw = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(Number(new URL(rig.url).port), '127.0.0.1', () => socket.write(text))
        let answer = ''
        socket.on('data', (chunk) => (answer += String(chunk))).on('close', () => resolve(answer))
        socket.on('error', () => resolve(answer))
      })
    expect(await raw('SOMETHING ELSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"BAD_REQUEST"/)
    expect(
      await raw('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{'),
    ).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/)
    expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*"code":"HEADERS_TOO_LARGE"/,
    )
  })
})

describe('callers', () => {
  it.each<[string, () => string | Promise<string>]>([
    ['no token', () => 'Bearer'],
    ['a token of somebody else', () => `Bearer ${['e30', 'e30', 'x'].join('.')}`],
    [
      'a token whose claims were changed',
      () => {
        const [head, , signature] = acme.tokens.engineer.split('.')
        const claims = Buffer.from(JSON.stringify({ sub: 'x', role: 'tenant_owner' })).toString('base64url')
        return `Bearer ${head}.${claims}.${signature}`
      },
    ],
    ['a password', () => 'Basic YTpi'],
    ['a key that nobody made', () => `Bearer lethe_${'a'.repeat(43)}`],
  ])('with %s are told to sign in', async (_what, authorization) => {
    const refused = await send('{"query":"{ viewer { id } }"}', { authorization: await authorization() })
    expect(refused).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  })

  it('with a token that has expired, too', async () => {
    rig.clock.aheadMs = 24 * 3_600_000
    const refused = await ask('{ viewer { id } }')
    rig.clock.aheadMs = 0
    expect(refused).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  })

  it('without the right or without a tenant are refused', async () => {
    const query = 'mutation { cancelRun(input: { idempotencyKey: "k", runId: "x" }) { __typename } }'
    const auditor = { authorization: `Bearer ${acme.tokens.data_owner}` }
    expect((await send(JSON.stringify({ query }), auditor)).code).toBe('FORBIDDEN')
    const admin = { authorization: `Bearer ${await rig.signIn(adminEmail)}` }
    expect((await send('{"query":"{ datasets { totalCount } }"}', admin)).code).toBe('FORBIDDEN')
  })
})

describe('idempotency keys', () => {
  const mutation = `mutation ($input: RegisterDatasetInput!) {
    registerDataset(input: $input) { __typename ... on DatasetVersion { id } ... on UserError { code field } } }`
  const register = async (idempotencyKey: string, name: string, uploadDigest: string) => {
    const answered = await rig.graphql(acme.tokens.engineer, mutation, {
      input: { idempotencyKey, name, uploadDigest },
    })
    return answered.data?.['registerDataset'] as { id?: string; code?: string; field?: string }
  }

  it('that come again have their effect once; for something else they are a conflict; strange ones are refused', async () => {
    const { digest } = await rig.gateway.services.artifacts.put(acme.id, Buffer.from('an archive'))
    const key = newId()
    const [first, second] = await Promise.all([register(key, 'once', digest), register(key, 'once', digest)])
    expect(first.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(second).toEqual(first)
    expect(await register(key, 'once', digest)).toEqual(first)
    const rows = await rig.sql(`SELECT id FROM dataset_version WHERE id = $1`, [first.id])
    expect(rows).toHaveLength(1)
    const conflict = { code: 'IDEMPOTENCY_CONFLICT', field: 'input.idempotencyKey' }
    expect(await register(key, 'otherwise', digest)).toMatchObject(conflict)
    for (const strange of ['', 'two words', 'x'.repeat(129), 'ü'])
      expect(await register(strange, 'once', digest)).toMatchObject({ code: 'IDEMPOTENCY_KEY_INVALID' })
  })
})

describe('an operation past its deadline', () => {
  it('is answered with its code, and reads nothing further', async () => {
    const release = await rig.lock('dataset')
    try {
      expect(await ask('{ datasets { totalCount } }')).toMatchObject({ status: 504, code: 'OPERATION_TIMEOUT' })
    } finally {
      await release()
    }
    expect((await ask('{ datasets { totalCount } }')).code).toBeUndefined()
  })
})
