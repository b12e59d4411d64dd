import { removeDeployment, type Deployment } from '@lethe/bus'
import { encodePng } from '@lethe/datasets'
import { loadEmbedder } from '@lethe/learning'
import { memory } from '@tensorflow/tfjs'
import { generateKeyPair, SignJWT } from 'jose'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { imageSize, startEmbeddingRig, tinyWeights, type EmbeddingRig } from '../testing/rig.js'

let rig: EmbeddingRig
let weights: Uint8Array
let deployment: Deployment
let token: string
const [tenantId, otherTenant] = [randomUUID(), randomUUID()]
const rgb = Uint8Array.from({ length: imageSize * imageSize * 3 }, (_, at) => (at * 37) % 256)
let png: Uint8Array

beforeAll(async () => {
  rig = await startEmbeddingRig({ requestsPerMinute: 200, warm: 2 })
  weights = await tinyWeights(1)
  deployment = await rig.deploy(tenantId, weights)
  token = await rig.token({ tenantId })
  png = await encodePng(rgb, imageSize)
  await vi.waitFor(async () => expect((await fetch(`${rig.url}/readyz`)).status).toBe(200))
})
afterAll(() => rig.stop())

interface Ask {
  readonly id?: string
  readonly token?: string | null
  readonly type?: string
  readonly body?: Uint8Array | string
  readonly query?: string
}

async function embed(ask: Ask = {}) {
  const bearer = ask.token === undefined ? token : ask.token
  const response = await fetch(`${rig.url}/v1/models/${ask.id ?? deployment.modelVersionId}/embed${ask.query ?? ''}`, {
    method: 'POST',
    headers: {
      'content-type': ask.type ?? 'image/png',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: ask.body === undefined ? Buffer.from(png) : typeof ask.body === 'string' ? ask.body : Buffer.from(ask.body),
  })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown> & { embeddings: number[][] },
  }
}
const batchOf = (...images: Uint8Array[]) =>
  JSON.stringify({ images: images.map((image) => Buffer.from(image).toString('base64')) })

describe('embedding', () => {
  it.each(['features', 'projection'] as const)(
    'gives the very values that the weights give: %s',
    async (representation) => {
      const { status, body } = await embed({ query: `?representation=${representation}` })
      const embedder = loadEmbedder(weights)
      const expected = Array.from(await embedder.embed(rgb, representation))
      embedder.dispose()
      expect(status).toBe(200)
      const dimension = { features: 8, projection: 4 }[representation]
      const { modelVersionId } = deployment
      expect(body).toMatchObject({
        modelVersionId,
        weightsDigest: deployment.weights.digest,
        representation,
        dimension,
      })
      expect(body.embeddings).toEqual([expected])
    },
  )

  it('answers a batch in order, each picture as it would be alone', async () => {
    const other = await encodePng(rgb.toReversed(), imageSize)
    const [alone, otherAlone] = [await embed(), await embed({ body: other })]
    const batch = await embed({ type: 'application/json', body: batchOf(png, other, png) })
    const [first, second, third] = batch.body.embeddings
    expect(first).toEqual(third)
    for (const [got, wanted] of [
      [first, alone.body.embeddings[0]],
      [second, otherAlone.body.embeddings[0]],
    ])
      got?.forEach((value, at) => expect(value).toBeCloseTo(wanted?.[at] ?? NaN, 5))
  })

  it('says what is served', async () => {
    const response = await fetch(`${rig.url}/v1/models/${deployment.modelVersionId}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(await response.json()).toEqual({
      modelVersionId: deployment.modelVersionId,
      modelId: deployment.modelId,
      protocol: 'lethe-embedding/1',
      weightsDigest: deployment.weights.digest,
      imageSize,
      dimensions: { features: 8, projection: 4 },
      texts: false,
      limits: { imagesPerRequest: 64, textsPerRequest: 256, bytesPerRequest: 24 * 2 ** 20 },
      views: { strength: 0.5, flip: true, blur: 0 },
    })
  })
})

describe('texts', () => {
  const embedTexts = async (id: string, body: unknown) => {
    const response = await fetch(`${rig.url}/v1/models/${id}/embed-texts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  it('are embedded beside projections by a model that reads them', async () => {
    const bytes = await tinyWeights(1, 'clip')
    const { modelVersionId } = await rig.deploy(tenantId, bytes)
    const texts = ['a red circle', '赤い丸', '']
    const answer = await vi.waitFor(async () => {
      const given = await embedTexts(modelVersionId, { texts })
      expect(given.status).toBe(200)
      return given
    })
    const embedder = loadEmbedder(bytes)
    const expected = Array.from((await embedder.embedTexts?.(texts)) ?? [])
    embedder.dispose()
    expect(answer.body).toMatchObject({ representation: 'projection', dimension: 4 })
    expect((answer.body['embeddings'] as number[][]).flat()).toEqual(expected)
  })

  it.each([
    ['no texts', { texts: [] }, 400, 'BATCH_INVALID'],
    ['more than are read at once', { texts: Array(257).fill('x') }, 400, 'BATCH_INVALID'],
    ['a text without end', { texts: ['x'.repeat(5000)] }, 400, 'BATCH_INVALID'],
    ['a model that reads none', { texts: ['x'] }, 404, 'TEXTS_UNSUPPORTED'],
  ])('are refused: %s', async (_, body, status, code) => {
    expect(await embedTexts(deployment.modelVersionId, body)).toMatchObject({ status, body: { code } })
  })
})

describe('bad input', () => {
  it.each([
    ['bytes that are no picture', { body: new Uint8Array(100) }, 422, 'IMAGE_FORMAT', 'body'],
    ['a damaged picture', { body: () => png.slice(0, 60) }, 422, 'IMAGE_UNREADABLE', 'body'],
    ['SVG under a PNG header', { body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }, 422, 'IMAGE_FORMAT', 'body'],
    ['another media type', { type: 'image/gif' }, 415, 'MEDIA_TYPE_UNSUPPORTED', 'content-type'],
    ['no JSON', { type: 'application/json', body: '{' }, 400, 'REQUEST_MALFORMED', 'body'],
    ['no batch', { type: 'application/json', body: '{"images":[]}' }, 400, 'BATCH_INVALID', 'images'],
    ['no base64', { type: 'application/json', body: '{"images":["%%%"]}' }, 400, 'BATCH_INVALID', 'images.0'],
    [
      'a batch of 65',
      { type: 'application/json', body: () => batchOf(...Array<Uint8Array>(65).fill(png)) },
      400,
      'BATCH_INVALID',
      'images',
    ],
    [
      'one bad of two',
      { type: 'application/json', body: () => batchOf(png, new Uint8Array(9)) },
      422,
      'IMAGE_FORMAT',
      'images.1',
    ],
    ['too many bytes', { body: new Uint8Array(9 * 2 ** 20) }, 413, 'BODY_TOO_LARGE', 'body'],
    ['another representation', { query: '?representation=weights' }, 400, 'QUERY_INVALID', 'representation'],
    ['no id', { id: 'latest' }, 404, 'MODEL_NOT_DEPLOYED', 'modelVersionId'],
    ['an unknown id', { id: randomUUID() }, 404, 'MODEL_NOT_DEPLOYED', 'modelVersionId'],
  ] satisfies [string, Record<string, unknown>, number, string, string][])(
    'refuses %s with a code and a field',
    async (_, ask, status, code, field) => {
      const { body } = ask as { body?: Ask['body'] | (() => Ask['body']) }
      const sent = typeof body === 'function' ? body() : body
      const answer = await embed({ ...(ask as Ask), ...(sent === undefined ? {} : { body: sent }) })
      expect(answer).toMatchObject({ status, body: { code, field } })
      expect(Object.keys(answer.body)).toEqual(['code', 'message', 'field'])
    },
  )
})

describe('who may ask', () => {
  it('lets every role of the tenant ask', async () => {
    for (const role of ['tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor'] as const)
      expect((await embed({ token: await rig.token({ tenantId, role }) })).status).toBe(200)
    expect((await embed({ token: await rig.token({ tenantId, role: 'platform_admin' }) })).status).toBe(403)
  })

  it('refuses a token that has not expired but holds no more, once it is asked about anew', async () => {
    const token = await rig.token({ tenantId })
    expect((await embed({ token })).status).toBe(200)
    rig.leave(token)
    await vi.waitFor(
      async () => expect(await embed({ token })).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } }),
      { timeout: 10_000, interval: 100 },
    )
  })

  it('answers another tenant as if the model were not there', async () => {
    const stranger = await rig.token({ tenantId: otherTenant })
    const theirs = await embed({ token: stranger })
    const nobodys = await embed({ token: stranger, id: randomUUID() })
    expect(theirs).toEqual(nobodys)
    expect(theirs.status).toBe(404)
  })

  it('refuses tokens that are absent, expired, for others, of others, or unsigned', async () => {
    const { privateKey: key } = await generateKeyPair('EdDSA')
    const claims = Buffer.from(JSON.stringify({ sub: 'x', tenant: tenantId, role: 'engineer' })).toString('base64url')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`
    const shared = await new SignJWT({ tenant: tenantId, role: 'engineer' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('x')
      .setIssuer('https://lethe.test')
      .setAudience('lethe')
      .sign(new TextEncoder().encode('secret-secret-secret-secret-secret'))
    const cases: [string | null, string][] = [
      [null, 'TOKEN_MISSING'],
      ['', 'TOKEN_MISSING'],
      ['not-a-token', 'TOKEN_INVALID'],
      [await rig.token({ tenantId, expires: '-1m' }), 'TOKEN_EXPIRED'],
      [await rig.token({ tenantId, issuer: 'https://elsewhere' }), 'TOKEN_INVALID'],
      [await rig.token({ tenantId, audience: 'other' }), 'TOKEN_INVALID'],
      [await rig.token({ tenantId, key }), 'TOKEN_INVALID'],
      [await rig.token({}), 'TOKEN_INVALID'],
      [unsigned, 'TOKEN_INVALID'],
      [shared, 'TOKEN_INVALID'],
    ]
    for (const [bearer, code] of cases)
      expect(await embed({ token: bearer })).toMatchObject({ status: 401, body: { code, field: 'authorization' } })
  })
})

describe('deployments', () => {
  it('serves a version from the moment it is deployed until the moment it is not', async () => {
    const other = await rig.deploy(tenantId, await tinyWeights(2))
    await vi.waitFor(async () => expect((await embed({ id: other.modelVersionId })).status).toBe(200))
    await removeDeployment(rig.bus, other.modelVersionId)
    await vi.waitFor(async () => expect((await embed({ id: other.modelVersionId })).status).toBe(404))
    expect((await embed()).status).toBe(200)
  })

  it('keeps answering when more models are used in turn than are kept warm', async () => {
    const others = await Promise.all([3, 4, 5].map(async (seed) => rig.deploy(tenantId, await tinyWeights(seed))))
    const ids = [deployment, ...others].map(({ modelVersionId }) => modelVersionId)
    await vi.waitFor(async () => expect((await embed({ id: ids.at(-1) ?? '' })).status).toBe(200))
    const answers = await Promise.all([...ids, ...ids.toReversed(), ...ids].map((id) => embed({ id })))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const distinct = new Set(answers.map(({ body }) => JSON.stringify(body)))
    expect(distinct.size).toBe(4)
    const before = memory().numTensors
    const embedder = loadEmbedder(weights)
    const perModel = memory().numTensors - before
    embedder.dispose()
    await embed()
    expect(memory().numTensors).toBeLessThanOrEqual(2 * perModel)
  })

  it('says so when the weights are gone, and serves again when they are back', async () => {
    const bytes = await tinyWeights(9)
    const broken = await rig.deploy(tenantId, bytes)
    await rig.artifacts.delete(tenantId, broken.weights.digest as never)
    await vi.waitFor(async () =>
      expect(await embed({ id: broken.modelVersionId })).toMatchObject({
        status: 503,
        body: { code: 'MODEL_UNAVAILABLE' },
      }),
    )
    await rig.artifacts.put(tenantId, bytes)
    expect((await embed({ id: broken.modelVersionId })).status).toBe(200)
  })
})

it('counts requests by tenant, not together', async () => {
  const [busy, quiet] = [await rig.token({ tenantId: randomUUID() }), await rig.token({ tenantId: randomUUID() })]
  const answers = await Promise.all(Array.from({ length: 201 }, () => embed({ token: busy })))
  const codes = answers.map(({ body }) => (body as { code?: string }).code ?? '').sort()
  expect(codes).toEqual([...Array.from({ length: 200 }, () => 'MODEL_NOT_DEPLOYED'), 'RATE_LIMITED'])
  expect((await embed({ token: quiet })).status).toBe(404)
})

it('writes neither pictures nor embeddings nor tokens to its log', async () => {
  const { body } = await embed()
  const log = rig.logs.join()
  expect(log).toContain(tenantId)
  expect(log).not.toContain(token)
  expect(log).not.toContain(String(body.embeddings[0]?.[0]))
})
