import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import path from 'node:path'
import { connectBus } from '@lethe/bus'
import {
  changeErasure,
  embedPicture,
  findDataset,
  pretrain,
  promote,
  readEvidenceLog,
  registerDataset,
  type Cast,
  type GatewayClient,
} from '@lethe/cli/demo'
import { encodePng, writeWebDataset, type NewSample } from '@lethe/datasets'
import { isDomainError } from '@lethe/domain'
import { checkoutDir } from '@lethe/stack'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest'
import { digitScenario } from '../kit/digit-scenario.js'
import { makeStateDir, removeStateDir, startTestPlatform, until, type TestPlatform } from '../kit/platform.js'
import { beginTraining, prepareDigits, readyVersions, untilSettled } from '../kit/training.js'

const stateDir = makeStateDir('bad-input')
const scenario = digitScenario({ forgetCount: 40, retainCount: 40, epochs: 2 })
let platform: TestPlatform
let cast: Cast
let datasetVersionId: string

beforeAll(async () => {
  platform = await startTestPlatform(stateDir)
  cast = await platform.cast(scenario)
  datasetVersionId = await prepareDigits(cast, scenario)
  await untilSettled(cast, await beginTraining(cast, scenario, datasetVersionId))
}, 240_000)

afterAll(async () => {
  await platform.stop()
  removeStateDir(stateDir)
})

beforeEach(() => onTestFailed(() => console.error(platform.logs())))

/** The refusal's code and field; fails when nothing was refused. */
async function refusalOf(
  attempt: Promise<unknown>,
): Promise<{ code: string; field: string | undefined; message: string }> {
  try {
    await attempt
  } catch (error) {
    if (isDomainError(error)) return { code: error.code, field: error.field, message: error.message }
    throw error
  }
  throw new Error('Nothing was refused.')
}

describe('wrong configuration', () => {
  const run = (entry: string, env: Record<string, string>) =>
    new Promise<{ code: number | null; text: string }>((resolve) => {
      const child = execFile(process.execPath, [path.join(checkoutDir, entry)], { env }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, text: stdout + stderr }),
      )
    })

  it.each([
    [
      'services/registrar/dist/main.js',
      ['DATABASE_URL', 'NATS_URL', 'LOG_SIGNING_KEY_FILE', 'MODEL_SIGNING_KEY_FILE', 'SWEEP_INTERVAL_MS'],
    ],
    ['services/compute/dist/main.js', ['NATS_URL', 'LETHE_BACKEND', 'CHECKPOINT_SECONDS']],
    ['services/embedding/dist/main.js', ['NATS_URL', 'JWKS_URL', 'LETHE_BACKEND']],
    ['apps/gateway/dist/main.js', ['DATABASE_URL', 'AUTH_DATABASE_URL', 'GATEWAY_SECRET', 'BASE_URL', 'NATS_URL']],
  ])('%s prints every problem at once and exits with 1', async (entry, variables) => {
    const wrong = {
      SWEEP_INTERVAL_MS: 'soon',
      LETHE_BACKEND: 'abacus',
      CHECKPOINT_SECONDS: '-1',
      GATEWAY_SECRET: 'short',
      BASE_URL: 'nowhere',
    }
    const { code, text } = await run(entry, wrong)
    expect(code).toBe(1)
    for (const variable of variables) expect(text).toContain(variable)
    expect(text).not.toMatch(/^\s+at /m)
  })
})

describe('pictures', () => {
  const picture = (shade: number) => encodePng(new Uint8Array(8 * 8 * 3).fill(shade), 8)
  const register = async (name: string, samples: readonly NewSample[], imageSize = 16) => {
    const uploadDigest = await cast.as.engineer.upload(await writeWebDataset(samples))
    return registerDataset(cast.as.engineer, { ...texts, idempotencyKey: name, name, uploadDigest, imageSize })
  }
  const texts = { description: '', attribution: '' }
  const settled = (name: string) =>
    until(`${name} is settled`, async () => {
      const version = await findDataset(cast.as.engineer, name)
      return version !== null && version.state !== 'INGESTING' && version
    })
  const good = { owner: 'ada', label: 'grey', split: 'train' as const }

  it('that do not decode are quarantined and counted; the rest is kept', async () => {
    await register('mixed', [
      { ...good, key: 'good', picture: await picture(40) },
      { ...good, key: 'cut', picture: (await picture(80)).subarray(0, 50) },
      { ...good, key: 'text', picture: Buffer.from('no picture') },
    ])
    expect(await settled('mixed')).toMatchObject({ state: 'READY', sampleCount: 1, quarantinedCount: 2 })
  })

  it('none of which decode make no dataset: the version fails and says why', async () => {
    await register('hopeless', [{ ...good, key: 'text', picture: Buffer.from('no picture') }])
    const version = await settled('hopeless')
    expect(version).toMatchObject({ state: 'FAILED', packDigest: null })
    expect(version.failure).toContain('text')
  })

  it('of a size that cannot be, or never uploaded, are refused with the field', async () => {
    const tooSmall = await refusalOf(register('tiny', [{ ...good, key: 'a', picture: await picture(1) }], 4))
    expect(tooSmall.field).toMatch(/imageSize$/)
    const uploadDigest = createHash('sha256').update('never uploaded').digest('hex')
    const input = { ...texts, idempotencyKey: 'none', name: 'none', uploadDigest, imageSize: 16 }
    expect((await refusalOf(registerDataset(cast.as.engineer, input))).field).toMatch(/uploadDigest$/)
    for (const name of ['tiny', 'none']) expect(await findDataset(cast.as.engineer, name)).toBeNull()
  })
})

describe('erasure requests', () => {
  const ground = 'GDPR Art. 17'
  const request = (selection: { subjectKey?: string; contentIds?: readonly string[] }) =>
    changeErasure(cast.as.privacy_officer, 'requestErasure', { idempotencyKey: randomUUID(), selection, ground })

  it.each([
    ['nothing', {}],
    ['an empty list', { contentIds: [] }],
    ['somebody unknown', { subjectKey: 'nobody-here' }],
    ['unknown pictures', { contentIds: ['0'.repeat(64)] }],
    ['both an owner and pictures', { subjectKey: 'ada', contentIds: ['0'.repeat(64)] }],
  ])('for %s are refused with the field, and write nothing', async (_what, selection) => {
    const before = await readEvidenceLog(cast.as.privacy_officer)
    const refusal = await refusalOf(request(selection))
    expect(refusal.field).toMatch(/selection/)
    expect(refusal.message.length).toBeGreaterThan(10)
    const { erasureRequests } = await cast.as.privacy_officer.request<{ erasureRequests: { totalCount: number } }>(
      '{ erasureRequests(first: 1) { totalCount } }',
    )
    expect(erasureRequests.totalCount).toBe(0)
    expect((await readEvidenceLog(cast.as.privacy_officer)).size).toBe(before.size)
  })
})

describe('ids and recipes', () => {
  it('unknown or malformed: nothing is found, and nothing breaks', async () => {
    for (const id of [randomUUID(), 'not-an-id', "' or 1=1 --"])
      expect(
        await cast.as.engineer.request(
          'query ($id: ID!) { run(id: $id) { id } modelVersion(id: $id) { id } erasureRequest(id: $id) { id } }',
          { id },
        ),
      ).toEqual({ run: null, modelVersion: null, erasureRequest: null })
  })

  it('a recipe that cannot work is refused by its member', async () => {
    const recipe = { ...scenario.recipe, temperature: 0 }
    const input = { idempotencyKey: 'cold', modelName: 'cold', datasetVersionId, recipe }
    expect((await refusalOf(pretrain(cast.as.engineer, input))).field).toMatch(/recipe\.temperature$/)
  })

  it('a model of another tenant cannot be promoted, trained on or asked', async () => {
    const [version] = await readyVersions(cast, scenario)
    const id = version?.id ?? ''
    const promoted = await cast.stranger.request<{ promoteModelVersion: { code: string } }>(
      `mutation ($input: PromoteModelVersionInput!) {
        promoteModelVersion(input: $input) { ... on UserError { code } }
      }`,
      { input: { idempotencyKey: 'theirs', modelVersionId: id } },
    )
    expect(promoted.promoteModelVersion.code).toBe('NOT_FOUND')
    const training = { idempotencyKey: 'theirs', modelName: 'theirs', datasetVersionId, recipe: scenario.recipe }
    expect((await refusalOf(pretrain(cast.stranger, training))).code).toBe('NOT_FOUND')
    await promote(cast.as.engineer, id, 'ours')
    const picture = await encodePng(new Uint8Array(768), 16)
    const ask = (client: GatewayClient) => embedPicture(client, platform.urls.embedding, id, picture)
    await until('the owner is answered', () => ask(cast.as.data_owner).catch(() => undefined))
    expect((await refusalOf(ask(cast.stranger))).code).toMatch(/NOT_FOUND|NOT_DEPLOYED/)
  })
})

describe('tokens', () => {
  it('missing, changed or of nobody are refused by gateway and embedding service alike', async () => {
    const [head, body, signature] = (await cast.as.engineer.token()).split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
    const later = Buffer.from(JSON.stringify({ ...claims, exp: Number(claims['exp']) + 3600 })).toString('base64url')
    for (const token of [`${head}.${later}.${signature}`, `${head}.${body}.${'A'.repeat(86)}`, 'garbage']) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
      const graphql = await fetch(new URL('/graphql', platform.urls.gateway), {
        method: 'POST',
        headers,
        body: JSON.stringify({ query: '{ viewer { id } }' }),
      })
      const embed = await fetch(new URL(`/v1/models/${randomUUID()}/embed`, platform.urls.embedding), {
        method: 'POST',
        headers,
        body: '{"images":[]}',
      })
      expect([graphql.status, embed.status]).toEqual([401, 401])
    }
  })
})

it('messages that are not messages are put aside, and work goes on', async () => {
  const bus = await connectBus({ url: platform.facts.natsUrls['registrar'] ?? '', name: 'vandal', user: 'registrar' })
  const [tenantId, runId] = [randomUUID(), randomUUID()]
  for (const subject of [`tasks.ingest.${tenantId}.${runId}`, `results.pretrain.${tenantId}.${runId}`])
    for (const payload of ['{', 'null', '{"version":1,"kind":"ingest"}', '\u0000\u0001'])
      bus.nc.publish(subject, payload)
  await bus.nc.flush()
  await bus.nc.close()
  const again = { ...scenario, modelName: 'after-garbage' }
  expect((await untilSettled(cast, await beginTraining(cast, again, datasetVersionId))).state).toBe('SUCCEEDED')
}, 120_000)
