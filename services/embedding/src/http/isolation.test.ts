import type { Deployment } from '@lethe/bus'
import { encodePng } from '@lethe/datasets'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { routesOf } from '../../../../test/kit/routes-of.js'
import { type EmbeddingRig, imageSize, startEmbeddingRig, tinyWeights } from '../testing/rig.js'

let rig: EmbeddingRig
let deployment: Deployment
let picture: Buffer
const [acme, rival] = [randomUUID(), randomUUID()]

beforeAll(async () => {
  rig = await startEmbeddingRig({ requestsPerMinute: 1000, warm: 2 })
  deployment = await rig.deploy(acme, await tinyWeights(1, 'clip'))
  picture = Buffer.from(await encodePng(new Uint8Array(imageSize * imageSize * 3), imageSize))
  await vi.waitFor(async () => expect((await fetch(`${rig.url}/readyz`)).status).toBe(200))
})
afterAll(() => rig.stop())

interface Row {
  readonly path: (modelVersionId: string) => string
  readonly type?: string
  readonly body?: () => string | Uint8Array<ArrayBuffer>
}

const texts = () => JSON.stringify({ texts: ['a'] })

/** One row for each route; whoever may not is refused in the same way by all of them. */
const rows: Readonly<Record<string, Row>> = {
  'GET /v1/models/:modelVersionId': { path: (id) => `/v1/models/${id}` },
  'POST /v1/models/:modelVersionId/embed': {
    path: (id) => `/v1/models/${id}/embed`,
    type: 'image/png',
    body: () => new Uint8Array(picture),
  },
  'POST /v1/models/:modelVersionId/embed-texts': {
    path: (id) => `/v1/models/${id}/embed-texts`,
    type: 'application/json',
    body: texts,
  },
}
const publicRoutes = ['GET /livez', 'GET /readyz']

async function ask(route: string, token: string | null): Promise<{ status: number; text: string }> {
  const { path, type, body } = rows[route] as Row
  const response = await fetch(rig.url + path(deployment.modelVersionId), {
    method: route.split(' ')[0] ?? 'GET',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: body() }),
  })
  return { status: response.status, text: await response.text() }
}

it('there is a row for every route that is served', () =>
  expect(routesOf(rig.app).sort()).toEqual([...Object.keys(rows), ...publicRoutes].sort()))

it.each(Object.keys(rows))('%s answers members of the tenant only, and others nothing of it', async (route) => {
  const marks = [deployment.modelId, deployment.weights.digest]
  const refused = [
    [401, null],
    [401, await rig.token({ tenantId: acme, expires: '-1m' })],
    [401, await rig.token({ role: 'platform_admin' })],
    [403, await rig.token({ tenantId: acme, role: 'platform_admin' })],
    [404, await rig.token({ tenantId: rival })],
  ] as const
  for (const [status, token] of refused) {
    const answer = await ask(route, token)
    expect([route, answer.status]).toEqual([route, status])
    for (const mark of marks) expect(answer.text).not.toContain(mark)
  }
  const served = await ask(route, await rig.token({ tenantId: acme }))
  expect([route, served.status]).toEqual([route, 200])
  expect(served.text).toContain(deployment.weights.digest)
})
