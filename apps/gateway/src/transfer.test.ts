import { createHash, generateKeyPairSync } from 'node:crypto'
import { publishChanged } from '@lethe/bus'
import { newId } from '@lethe/db'
import { TenantId } from '@lethe/domain'
import { leafHash, MerkleTree, signerFromPrivateKey, signLogCheckpoint, verifyInclusion } from '@lethe/ledger'
import { serializeSafetensors } from '@lethe/safetensors'
import { decode } from 'fast-png'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { seedModel, type SeededData } from './testing/seed.js'
import { sayProgress, seedRun } from './testing/seed-run.js'

let rig: GatewayRig
let acme: TestTenant
let data: SeededData

beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  data = await seedModel(rig, acme, 'acme')
})
afterAll(() => rig.stop())

describe('uploads', () => {
  const bytes = Buffer.from('a tar, as far as this test is concerned')
  const digest = createHash('sha256').update(bytes).digest('hex')
  const ask = async (sizeBytes = bytes.length, of = digest) => {
    const query = `mutation ($input: CreateUploadInput!) { createUpload(input: $input) { ... on Upload { url } ... on UserError { code field } } }`
    const answered = await rig.graphql(acme.tokens.engineer, query, { input: { digest: of, sizeBytes } })
    return answered.data?.['createUpload'] as { url: string; code?: string }
  }
  const put = async (url: string, body: Buffer) => {
    const response = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body })
    return [response.status, ((await response.json()) as { code?: string }).code]
  }

  it('takes exactly the bytes that it gave an address for', async () => {
    const { url } = await ask()
    expect(await put(url, bytes)).toEqual([201, undefined])
    expect(await rig.gateway.services.artifacts.has(acme.id, digest as never)).toBe(true)
    const register = `mutation ($input: RegisterDatasetInput!) { registerDataset(input: $input) { __typename
      ... on DatasetVersion { state number ingestRun { kind state queuePosition } } ... on UserError { code field } } }`
    const input = { idempotencyKey: newId(), name: 'new pictures', uploadDigest: digest }
    expect((await rig.graphql(acme.tokens.engineer, register, { input })).data).toEqual({
      registerDataset: {
        __typename: 'DatasetVersion',
        state: 'INGESTING',
        number: 1,
        ingestRun: { kind: 'ingest', state: 'QUEUED', queuePosition: 1 },
      },
    })
    const unknown = { ...input, idempotencyKey: newId(), uploadDigest: 'a'.repeat(64) }
    expect((await rig.graphql(acme.tokens.engineer, register, { input: unknown })).data).toMatchObject({
      registerDataset: { code: 'UPLOAD_MISSING', field: 'input.uploadDigest' },
    })
  })

  it('refuses other bytes, too many or too few, a changed address and an old one', async () => {
    const other = Buffer.from(bytes)
    other[0] = 0
    const { url } = await ask()
    expect(await put(url, other)).toEqual([422, 'UPLOAD_DIGEST'])
    expect(await put(url, bytes.subarray(1))).toEqual([422, 'UPLOAD_SIZE'])
    expect(await put(url, Buffer.concat([bytes, bytes]))).toEqual([413, 'UPLOAD_TOO_LARGE'])
    expect(await put(url.replace(/sig=./, 'sig=_'), bytes)).toEqual([403, 'UPLOAD_DENIED'])
    expect(await put(url.replace(/size=\d+/, 'size=999999'), bytes)).toEqual([403, 'UPLOAD_DENIED'])
    expect(await put(url.replace(acme.id, newId()), bytes)).toEqual([403, 'UPLOAD_DENIED'])
    rig.clock.aheadMs = 25 * 3_600_000
    expect(await put(url, bytes)).toEqual([403, 'UPLOAD_DENIED'])
    rig.clock.aheadMs = 0
    expect((await ask(2_000_000)).code).toBe('UPLOAD_SIZE')
    expect((await ask(0)).code).toBe('UPLOAD_SIZE')
  })
})

describe('files', () => {
  it('draws a row of a pack as a PNG', async () => {
    const pixels = Uint8Array.from({ length: 2 * 8 * 8 * 3 }, (_, index) => index % 251)
    const pack = serializeSafetensors(new Map([['images', { dtype: 'U8', shape: [2, 8, 8, 3], data: pixels }]]), {})
    const { digest, size } = await rig.gateway.services.artifacts.put(acme.id, pack)
    await rig.sql('UPDATE dataset_version SET pack_digest = $1, pack_size = $2 WHERE id = $3', [
      digest,
      size,
      data.datasetVersionId,
    ])
    const get = (row: string) =>
      fetch(`${rig.url}/v1/samples/${data.datasetVersionId}/${row}.png`, {
        headers: { authorization: `Bearer ${acme.tokens.engineer}` },
      })
    const picture = await get('1')
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(picture.headers.get('vary')).toBe('authorization')
    const decoded = decode(new Uint8Array(await picture.arrayBuffer()))
    expect([decoded.width, decoded.height, decoded.channels]).toEqual([8, 8, 3])
    expect(Uint8Array.from(decoded.data)).toEqual(pixels.slice(192))
    expect((await get('2')).status).toBe(404)
    expect((await get('..%2f1')).status).toBe(404)

    const etag = picture.headers.get('etag') ?? ''
    const again = (tag: string) =>
      fetch(`${rig.url}/v1/samples/${data.datasetVersionId}/1.png`, {
        headers: { authorization: `Bearer ${acme.tokens.engineer}`, 'if-none-match': tag },
      })
    expect((await again(etag)).status).toBe(304)
    // After an erasure another picture lies in the row: the one that a browser kept is not shown for it.
    const cut = serializeSafetensors(
      new Map([['images', { dtype: 'U8', shape: [2, 8, 8, 3], data: pixels.slice().reverse() }]]),
      {},
    )
    const stored = await rig.gateway.services.artifacts.put(acme.id, cut)
    await rig.sql('UPDATE dataset_version SET pack_digest = $1 WHERE id = $2', [stored.digest, data.datasetVersionId])
    const fresh = await again(etag)
    expect(fresh.status).toBe(200)
    expect(Uint8Array.from(decode(new Uint8Array(await fresh.arrayBuffer())).data)).toEqual(
      pixels.slice().reverse().slice(192),
    )
  })

  it('proves that an entry is under a signed checkpoint', async () => {
    const ask = `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { __typename } }`
    const input = { idempotencyKey: newId(), ground: 'g', selection: { subjectKey: 'subject-acme' } }
    await rig.graphql(acme.tokens.privacy_officer, ask, { input })
    const rows = await rig.sql('SELECT body FROM evidence WHERE tenant_id = $1 ORDER BY seq', [acme.id])
    const tree = new MerkleTree(rows.map((row) => leafHash(Buffer.from(row['body'] as string))))
    const signer = signerFromPrivateKey(`lethe.test/log/${acme.id}`, generateKeyPairSync('ed25519').privateKey)
    const note = signLogCheckpoint({ origin: signer.name, size: tree.size, root: tree.root() }, signer)
    const query = `{ evidenceEntry(seq: 1) { body status inclusionProof { leafIndex treeSize hashes checkpoint { root note } } }
      evidenceLog { origin size latestCheckpoint { size } } }`
    const pending = await rig.graphql(acme.tokens.engineer, query)
    expect(pending.data).toMatchObject({ evidenceEntry: { status: 'PENDING', inclusionProof: null } })
    await rig.sql(
      `INSERT INTO log_checkpoint (tenant_id, size, root, note, key_id, frontier) VALUES ($1, $2, $3, $4, $5, '{}')`,
      [acme.id, tree.size, tree.root(), note, signer.id],
    )
    const { data: seen } = await rig.graphql(acme.tokens.engineer, query)
    expect(seen).toMatchObject({
      evidenceEntry: { status: 'PUBLISHED' },
      evidenceLog: { origin: signer.name, size: tree.size },
    })
    const { body, inclusionProof } = seen?.['evidenceEntry'] as {
      body: string
      inclusionProof: { leafIndex: number; treeSize: number; hashes: string[]; checkpoint: { root: string } }
    }
    const check = (text: string) => () =>
      verifyInclusion(
        {
          leafHash: leafHash(Buffer.from(text)),
          index: inclusionProof.leafIndex,
          size: inclusionProof.treeSize,
          path: inclusionProof.hashes.map((hash) => Buffer.from(hash, 'base64')),
        },
        Buffer.from(inclusionProof.checkpoint.root, 'base64'),
      )
    expect(check(body)).not.toThrow()
    expect(check(`${body} `)).toThrow(/does not lead/)
    const raw = await fetch(`${rig.url}/v1/evidence/log-checkpoint`, {
      headers: { authorization: `Bearer ${acme.tokens.engineer}` },
    })
    expect(await raw.text()).toBe(note)
  })
})

describe('subscriptions', () => {
  /** Payloads of the events as they come; ends with the stream. */
  async function* follow(
    token: string | null,
    query: string,
    signal: AbortSignal,
  ): AsyncGenerator<Record<string, unknown>> {
    const response = await fetch(`${rig.url}/graphql/stream`, {
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query }),
    })
    let buffered = ''
    for await (const chunk of response.body ?? []) {
      buffered += Buffer.from(chunk as Uint8Array).toString()
      for (let end = buffered.indexOf('\n\n'); end >= 0; end = buffered.indexOf('\n\n')) {
        const line = buffered
          .slice(0, end)
          .split('\n')
          .find((part) => part.startsWith('data: '))
        buffered = buffered.slice(end + 2)
        if (line !== undefined && line !== 'data: ') yield JSON.parse(line.slice(6)) as Record<string, unknown>
      }
    }
  }

  const tenantId = () => TenantId.parse(acme.id)

  it('replays what was said of a run, then follows', async () => {
    const runId = await seedRun(rig, acme)
    const say = (fraction: number) => sayProgress(rig, acme, runId, { fraction })
    say(0.1)
    say(0.2)
    const leaving = new AbortController()
    const query = `subscription { runProgress(runId: "${runId}") { progress { fraction } } }`
    const events = follow(acme.tokens.engineer, query, leaving.signal)
    const fractions: unknown[] = []
    for await (const event of events) {
      fractions.push(
        (event['data'] as { runProgress: { progress: { fraction: number } } }).runProgress.progress.fraction,
      )
      if (fractions.length === 2) say(0.3)
      if (fractions.length === 3) break
    }
    leaving.abort()
    expect(fractions).toEqual([0.1, 0.2, 0.3])
  })

  it('sends a request again when it changes, and ends with the token', async () => {
    const asked = await rig.graphql(
      acme.tokens.privacy_officer,
      'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
      { input: { idempotencyKey: newId(), ground: 'g', selection: { subjectKey: 'subject-acme' } } },
    )
    const { id } = asked.data?.['requestErasure'] as { id: string }
    const query = `subscription { erasureRequestChanged(id: "${id}") { state stateReason } }`
    const states: unknown[] = []
    const { exp = 0 } = decodeJwt(acme.tokens.data_owner)
    rig.clock.aheadMs = exp * 1000 - Date.now() - 8_000
    try {
      for await (const event of follow(acme.tokens.data_owner, query, AbortSignal.timeout(29_000))) {
        states.push((event['data'] as { erasureRequestChanged: { state: string } }).erasureRequestChanged.state)
        if (states.length > 1) continue
        await rig.sql(`UPDATE erasure_request SET state = 'VERIFIED' WHERE id = $1`, [id])
        const changed = {
          version: 1,
          tenantId: tenantId(),
          aggregate: 'erasure-request',
          id,
          at: new Date().toISOString(),
        } as const
        await publishChanged(rig.bus, changed, { msgId: newId() })
      }
    } finally {
      rig.clock.aheadMs = 0
    }
    expect(states).toEqual(['RECEIVED', 'VERIFIED'])
  })

  it('refuses a stranger, a role without the right, another operation and an unknown run', async () => {
    const first = async (token: string | null, query: string): Promise<unknown> => {
      for await (const event of follow(token, query, AbortSignal.timeout(10_000)))
        return (event['errors'] as { extensions: { code: string } }[])[0]?.extensions.code
      return 'ended'
    }
    const run = `subscription { runProgress(runId: "${newId()}") { runId } }`
    expect(await first(null, run)).toBe('UNAUTHENTICATED')
    expect(await first(acme.tokens.data_owner, run)).toBe('FORBIDDEN')
    expect(await first(acme.tokens.engineer, run)).toBe('NOT_FOUND')
    expect(await first(acme.tokens.engineer, '{ datasets { totalCount } }')).toBe('BAD_REQUEST')
    expect(await first(acme.tokens.engineer, `subscription { tenantChanged { ${'id '.repeat(5000)} } }`)).toBe(
      'QUERY_TOO_LARGE',
    )
  })
})
