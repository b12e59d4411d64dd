import { createHash } from 'node:crypto'
import { BUILDER_ID, buildTypes, Digest, TrainingRecipe } from '@lethe/domain'
import { parseModelVerifier, signModel, statementOf, verifyModelSignature, versionManifest } from '@lethe/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestRole, type TestTenant } from './testing/gateway-rig.js'
import { hex, seedCase, seedModel, type SeededData } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let rival: TestTenant
let data: SeededData
beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  rival = await rig.createTenant('rival')
  data = await seedModel(rig, acme, 'acme')
  await storeFiles()
  await seedCase(rig, acme, data)
})
afterAll(() => rig.stop())

/** What compute and registrar leave behind of a training: both files, the signature over them, the statement. */
async function storeFiles(): Promise<void> {
  const { artifacts } = rig.gateway.services
  const put = (text: string) => artifacts.put(acme.id, Buffer.from(text))
  const [weights, state] = await Promise.all([put('weights acme'), put('state acme')])
  const id = data.modelVersionId
  const manifest = versionManifest({ id, weights: weights.digest, state: state.digest })
  const signature = await put(signModel(manifest, rig.modelSigner))
  await rig.sql(
    'UPDATE model_version SET weights_digest = $2, state_digest = $3, signature_digest = $4 WHERE id = $1',
    [id, weights.digest, state.digest, signature.digest],
  )
  const subject = (part: string, sha256: string) => ({ name: `model-version/${id}/${part}`, digest: { sha256 } })
  const body = statementOf(
    {
      kind: 'model-trained/v1',
      subjects: [
        subject('weights', weights.digest),
        subject('state', state.digest),
        subject('signature', signature.digest),
      ],
      predicate: trainedPredicate(),
    },
    { tenantId: acme.id, recordedAt: new Date() },
  )
  await rig.sql('INSERT INTO evidence (tenant_id, kind, body) VALUES ($1, $2, $3)', [acme.id, 'model-trained/v1', body])
}

function trainedPredicate() {
  const recipe = TrainingRecipe.parse({
    framework: 'simclr',
    encoder: { kind: 'compact-conv' },
    views: {},
    temperature: 0.5,
    epochs: 1,
    batchSize: 2,
    optimizer: { learningRate: 0.1 },
    seed: 1,
  })
  const packDigest = hex('pack acme')
  const runId = data.datasetId
  const at = '2026-03-02T10:00:00.000Z'
  return {
    modelId: data.modelId,
    modelVersionId: data.modelVersionId,
    number: 1,
    runId,
    data: { datasetVersionId: data.datasetVersionId, packDigest, trainCount: 40 },
    excluded: [],
    cost: { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1, device: 'cpu' },
    origin: 'pretrain' as const,
    buildDefinition: {
      buildType: buildTypes.pretrain,
      externalParameters: { recipe, excluded: [] },
      internalParameters: { backend: 'cpu', device: 'cpu', platform: 'linux-x64' },
      resolvedDependencies: [],
    },
    runDetails: {
      builder: { id: BUILDER_ID, version: { lethe: 'test' } },
      metadata: { invocationId: runId, startedOn: at, finishedOn: at },
      byproducts: [],
    },
  }
}

const get = (path: string, token?: string) =>
  fetch(rig.url + path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
const pathOf = (file: string, id = data.modelVersionId) => `/v1/model-versions/${id}/${file}`
const digest = (bytes: Buffer) => Digest.parse(createHash('sha256').update(bytes).digest('hex'))

describe('files of a model version', () => {
  it('are downloaded with a signature that covers them, under the names and by the key that it names', async () => {
    const download = async (path: string) => Buffer.from(await (await get(path, acme.tokens.engineer)).arrayBuffer())
    const names = ['weights.safetensors', 'state.safetensors', 'model.sig', 'ml-bom.cdx.json']
    const files = await Promise.all(names.map(async (name) => ({ name, digest: digest(await download(pathOf(name))) })))
    const signature = (await download(pathOf('model.sig'))).toString('utf8')
    const key = parseModelVerifier((await download('/v1/evidence/model-signing-key.pem')).toString('utf8'))
    expect(verifyModelSignature(signature, [key], files).name).toBe(`model-version/${data.modelVersionId}`)
    const swapped = files.map((file) =>
      file.name === 'weights.safetensors' ? { ...file, digest: digest(Buffer.of(1)) } : file,
    )
    expect(() => verifyModelSignature(signature, [key], swapped)).toThrow(
      expect.objectContaining({ code: 'MODEL_FILES_MISMATCH' }),
    )
  })

  it('include a bill of materials with the digests of the log and the names of the tenant', async () => {
    const answer = await get(pathOf('ml-bom.cdx.json'), acme.tokens.auditor)
    expect(answer.headers.get('content-type')).toMatch(/^application\/vnd\.cyclonedx\+json/)
    const bom = (await answer.json()) as { metadata: unknown; components: { type: string; name: string }[] }
    const weights = digest(Buffer.from('weights acme'))
    expect(bom.metadata).toMatchObject({
      component: { name: 'model of acme', version: '1', hashes: [{ alg: 'SHA-256', content: weights }] },
    })
    expect(bom.components.map(({ type, name }) => [type, name])).toEqual([['data', 'pictures of acme']])
  })

  it.each<[TestRole, number, number]>([
    ['tenant_owner', 200, 200],
    ['engineer', 200, 200],
    ['privacy_officer', 403, 200],
    ['auditor', 403, 200],
    ['data_owner', 403, 403],
  ])('%s: what was learned %i, what speaks of it %i', async (role, learned, about) => {
    for (const name of ['weights.safetensors', 'state.safetensors'])
      expect((await get(pathOf(name), acme.tokens[role])).status, name).toBe(learned)
    for (const name of ['model.sig', 'ml-bom.cdx.json'])
      expect((await get(pathOf(name), acme.tokens[role])).status, name).toBe(about)
  })

  it('are none of another tenant’s, nor anybody’s without a token, nor under other names', async () => {
    for (const name of ['weights.safetensors', 'model.sig', 'ml-bom.cdx.json']) {
      expect((await get(pathOf(name), rival.tokens.engineer)).status).toBe(404)
      expect((await get(pathOf(name))).status).toBe(401)
    }
    for (const name of ['manifest.json', '__proto__', 'toString', '..%2f..%2fetc%2fpasswd'])
      expect((await get(pathOf(name), acme.tokens.engineer)).status, name).toBe(404)
    expect((await get(pathOf('model.sig', 'no-id'), acme.tokens.engineer)).status).toBe(404)
  })

  it('are listed to a viewer as far as the viewer may download them', async () => {
    const query = `query ($id: ID!) { modelVersion(id: $id) { files { name digest path } } }`
    const list = async (role: TestRole) =>
      (await rig.graphql(acme.tokens[role], query, { id: data.modelVersionId })).data as {
        modelVersion: { files: { name: string; digest: string | null; path: string }[] }
      }
    const mine = (await list('engineer')).modelVersion.files
    expect(mine.map(({ name }) => name)).toEqual([
      'weights.safetensors',
      'state.safetensors',
      'model.sig',
      'ml-bom.cdx.json',
    ])
    for (const { path } of mine) expect((await get(path, acme.tokens.engineer)).status).toBe(200)
    expect((await list('auditor')).modelVersion.files.map(({ name }) => name)).toEqual(['model.sig', 'ml-bom.cdx.json'])
  })

  it('whose weights were destroyed are not served any more, though a blob were left; the signature is', async () => {
    await rig.sql(`UPDATE model_version SET state = 'RETIRED', destroyed_at = now() WHERE id = $1`, [
      data.modelVersionId,
    ])
    for (const name of ['weights.safetensors', 'state.safetensors']) {
      const refused = await get(pathOf(name), acme.tokens.engineer)
      expect([refused.status, await refused.json()]).toEqual([
        410,
        expect.objectContaining({ code: 'WEIGHTS_DESTROYED' }),
      ])
    }
    expect((await get(pathOf('model.sig'), acme.tokens.engineer)).status).toBe(200)
  })
})
