import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { newId } from '@lethe/db'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { UploadGrant } from './http/upload-signer.js'
import { createUploadStaging, type StagedUpload, type UploadStaging } from './http/upload-staging.js'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('an upload through the gateway', () => {
  let rig: GatewayRig
  let acme: TestTenant
  beforeAll(async () => {
    rig = await startGatewayRig()
    acme = await rig.createTenant('acme')
  })
  afterAll(() => rig.stop())

  const addressOf = async (bytes: Uint8Array, digest = digestOf(bytes)): Promise<string> => {
    const query = `mutation ($input: CreateUploadInput!) { createUpload(input: $input) { ... on Upload { url } } }`
    const { data } = await rig.graphql(acme.tokens.engineer, query, { input: { digest, sizeBytes: bytes.length } })
    return (data?.['createUpload'] as { url: string }).url
  }
  const patch = (url: string, offset: number, body: Uint8Array, complete: '?0' | '?1' = '?0') =>
    fetch(url, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/partial-upload',
        'upload-offset': String(offset),
        'upload-complete': complete,
      },
      body: Buffer.from(body),
    })
  const put = (url: string, body: Uint8Array) =>
    fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.from(body),
    })
  /** A sender whose connection was ended while it still sent has no status. */
  const statusOf = (answer: Promise<Response>) =>
    answer.then(
      ({ status }) => status,
      () => 'cut off' as const,
    )
  const progress = async (url: string) => {
    const { status, headers } = await fetch(url, { method: 'HEAD' })
    return [status, headers.get('upload-offset'), headers.get('upload-complete')]
  }
  const has = (bytes: Uint8Array) => rig.gateway.services.artifacts.has(acme.id, digestOf(bytes) as never)

  it('goes on in parts where it was broken off, and is whole with the last one', async () => {
    const bytes = randomBytes(300_000)
    const url = await addressOf(bytes)
    expect(await progress(url)).toEqual([204, '0', '?0'])
    expect((await patch(url, 0, bytes.subarray(0, 100_000))).status).toBe(204)
    expect(await progress(url)).toEqual([204, '100000', '?0'])
    const wrong = await patch(url, 50_000, bytes.subarray(50_000))
    expect([wrong.status, wrong.headers.get('upload-offset'), wrong.headers.get('content-type')]).toEqual([
      409,
      '100000',
      'application/problem+json; charset=utf-8',
    ])
    expect(await wrong.json()).toMatchObject({ code: 'UPLOAD_OFFSET', 'expected-offset': 100_000 })
    expect(await has(bytes)).toBe(false)
    const last = await patch(url, 100_000, bytes.subarray(100_000), '?1')
    expect([last.status, await last.json()]).toEqual([201, { digest: digestOf(bytes), size: 300_000 }])
    expect(await progress(url)).toEqual([204, '300000', '?1'])
    expect(Buffer.compare(await rig.gateway.services.artifacts.get(acme.id, digestOf(bytes) as never), bytes)).toBe(0)
    expect((await patch(url, 300_000, new Uint8Array(0))).status).toBe(409)
  })

  it('that has begun is not begun anew by a part at 0, which is told where to go on', async () => {
    const bytes = randomBytes(100_000)
    const url = await addressOf(bytes)
    expect((await patch(url, 0, bytes.subarray(0, 60_000))).status).toBe(204)
    const again = await patch(url, 0, bytes.subarray(0, 10_000))
    expect([again.status, await again.json()]).toMatchObject([
      409,
      { code: 'UPLOAD_OFFSET', 'expected-offset': 60_000 },
    ])
    expect(await progress(url)).toEqual([204, '60000', '?0'])
    expect((await put(url, bytes)).status).toBe(201)
    expect(await has(bytes)).toBe(true)
  })

  it('that begins twice at the same time grows from one of them alone, and can be gone on with', async () => {
    const bytes = randomBytes(100_000)
    const url = await addressOf(bytes)
    const half = bytes.subarray(0, 50_000)
    const answers = await Promise.all([patch(url, 0, half), patch(url, 0, half)].map(statusOf))
    expect(answers.filter((status) => status === 409 || status === 'cut off').length).toBeGreaterThan(0)
    for (const status of answers) expect([204, 409, 'cut off']).toContain(status)
    const there = Number((await progress(url))[1])
    expect((await patch(url, there, bytes.subarray(there), '?1')).status).toBe(201)
    expect(await has(bytes)).toBe(true)
  })

  it('that is sent whole several times at the same time is stored, and nobody meets an accident', async () => {
    for (let round = 0; round < 10; round++) {
      const bytes = randomBytes(200_000)
      const url = await addressOf(bytes)
      const answers = await Promise.all(Array.from({ length: 4 }, () => statusOf(put(url, bytes))))
      expect(answers).toContain(201)
      for (const status of answers) expect([201, 409, 'cut off']).toContain(status)
      expect(await has(bytes)).toBe(true)
      expect(await progress(url)).toEqual([204, '200000', '?1'])
    }
  })

  it('that is sent again while it goes into the store is stored twice, each time whole', async () => {
    const bytes = randomBytes(100_000)
    const url = await addressOf(bytes)
    const { artifacts } = rig.gateway.services
    const store = artifacts.putStream.bind(artifacts)
    let [isStoring, goOn] = [false, (): void => undefined]
    const pause = new Promise<void>((resolve) => (goOn = resolve))
    const slow = vi.spyOn(artifacts, 'putStream').mockImplementationOnce(async (...args) => {
      isStoring = true
      await pause
      return store(...args)
    })
    const first = put(url, bytes)
    await until(() => Promise.resolve(isStoring))
    const halves = async function* () {
      yield bytes.subarray(0, 50_000)
      await new Promise((resolve) => setTimeout(resolve, 100))
      goOn()
      await first
      yield bytes.subarray(50_000)
    }
    const second = fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: Readable.toWeb(Readable.from(halves())) as ReadableStream,
      duplex: 'half',
    })
    expect([(await first).status, (await second).status]).toEqual([201, 201])
    expect(await has(bytes)).toBe(true)
    slow.mockRestore()
  })

  it('keeps what had arrived when the store has an accident, and is stored by a part of nothing', async () => {
    const bytes = randomBytes(1000)
    const url = await addressOf(bytes)
    const { artifacts } = rig.gateway.services
    const accident = vi.spyOn(artifacts, 'putStream').mockRejectedValueOnce(new Error('The store is away.'))
    expect((await put(url, bytes)).status).toBe(500)
    accident.mockRestore()
    expect(await progress(url)).toEqual([204, '1000', '?0'])
    expect((await patch(url, 1000, new Uint8Array(0), '?1')).status).toBe(201)
    expect(await has(bytes)).toBe(true)
  })

  it('whose connection broke keeps what had arrived', async () => {
    const bytes = randomBytes(200_000)
    const url = await addressOf(bytes)
    const cut = new AbortController()
    const half = async function* () {
      yield bytes.subarray(0, 120_000)
      await until(async () => (await progress(url))[1] === '120000')
      cut.abort()
    }
    await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: Readable.toWeb(Readable.from(half())) as ReadableStream,
      duplex: 'half',
      signal: cut.signal,
    }).catch(() => undefined)
    expect((await patch(url, 120_000, bytes.subarray(120_000), '?1')).status).toBe(201)
    expect(await has(bytes)).toBe(true)
  })

  it('of other bytes than announced is kept nowhere, and one that was given up is removed', async () => {
    const bytes = randomBytes(1000)
    const url = await addressOf(bytes)
    const other = Buffer.from(bytes)
    other[999] = (other[999] ?? 0) ^ 1
    expect((await patch(url, 0, other, '?1')).status).toBe(422)
    expect(await progress(url)).toEqual([204, '0', '?0'])
    expect(await has(bytes)).toBe(false)
    expect((await patch(url, 0, bytes.subarray(0, 10))).status).toBe(204)
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(204)
    expect(await progress(url)).toEqual([204, '0', '?0'])
  })

  it('is refused without the headers of the draft, or longer than announced', async () => {
    const bytes = randomBytes(1000)
    const url = await addressOf(bytes)
    const plain = await fetch(url, {
      method: 'PATCH',
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
    })
    expect([plain.status, await plain.json()]).toMatchObject([400, { code: 'UPLOAD_HEADERS' }])
    expect((await patch(url, 0, randomBytes(1001))).status).toBe(413)
    expect((await patch(`${url}x`, 0, bytes)).status).toBe(403)
  })

  it('is known until it is registered, but never a blob that was there before it', async () => {
    const bytes = randomBytes(500)
    await patch(await addressOf(bytes), 0, bytes, '?1')
    const known = () =>
      rig.sql('SELECT registered_at IS NOT NULL AS kept FROM upload WHERE digest = $1', [digestOf(bytes)])
    expect(await known()).toEqual([{ kept: false }])
    const input = { idempotencyKey: newId(), name: 'pictures', uploadDigest: digestOf(bytes) }
    const register = `mutation ($input: RegisterDatasetInput!) { registerDataset(input: $input) { __typename } }`
    expect((await rig.graphql(acme.tokens.engineer, register, { input })).data).toEqual({
      registerDataset: { __typename: 'DatasetVersion' },
    })
    expect(await known()).toEqual([{ kept: true }])
    const weights = randomBytes(500)
    await rig.gateway.services.artifacts.put(acme.id, weights)
    const url = await addressOf(weights)
    await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: weights })
    expect(await rig.sql('SELECT 1 FROM upload WHERE digest = $1', [digestOf(weights)])).toEqual([])
  })
})

describe('the folder where uploads grow', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lethe-staging-'))
  const scratch = path.join(import.meta.dirname, '../../../node_modules/.cache', `lethe-staging-${process.pid}`)
  afterAll(() => {
    for (const each of [folder, scratch]) rmSync(each, { recursive: true, force: true })
  })
  const grantOf = (bytes: Uint8Array) => ({
    tenantId: newId(),
    digest: digestOf(bytes),
    sizeBytes: bytes.length,
    expiresAt: new Date(Date.now() + 60_000),
  })

  it('keeps what had arrived when the process is killed, and the rest makes it whole', async () => {
    const bytes = randomBytes(4 * 2 ** 20)
    const grant = grantOf(bytes)
    await build({
      stdin: {
        contents: `import { createUploadStaging } from './upload-staging.js'
          const grant = JSON.parse(process.argv[3])
          await createUploadStaging(process.argv[2]).take(grant, process.stdin, (upload) => upload.append(0))`,
        resolveDir: path.join(import.meta.dirname, 'http'),
        loader: 'ts',
      },
      outfile: path.join(scratch, 'receive.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['source'],
    })
    const child: ChildProcess = spawn(process.execPath, [
      path.join(scratch, 'receive.mjs'),
      folder,
      JSON.stringify(grant),
    ])
    child.stdin?.on('error', () => undefined)
    child.stdin?.write(bytes.subarray(0, 3 * 2 ** 20))
    const staging = createUploadStaging(folder)
    await until(async () => (await staging.offsetOf(grant)) >= 2 ** 20)
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    const offset = await staging.offsetOf(grant)
    expect(offset).toBeGreaterThanOrEqual(2 ** 20)
    const whole = await staging.take(grant, Readable.from([bytes.subarray(offset)]), async (upload) => {
      expect(await upload.append(offset)).toBe(bytes.length)
      return read(upload)
    })
    expect(digestOf(whole)).toBe(grant.digest)
  })

  it('cuts off a sender who was given up as soon as another one goes on', async () => {
    const bytes = randomBytes(1000)
    const grant = grantOf(bytes)
    const staging = createUploadStaging(folder)
    const stalled = new Readable({ read: () => undefined })
    const first = append(staging, grant, 0, stalled)
    stalled.push(bytes.subarray(0, 400))
    await until(async () => (await staging.offsetOf(grant)) === 400)
    const refused = expect(first).rejects.toMatchObject({ code: 'UPLOAD_SUPERSEDED' })
    expect(await append(staging, grant, 400, Readable.from([bytes.subarray(400)]))).toBe(1000)
    await refused
  })

  it('lets whoever has sent all of it finish before the next one has it', async () => {
    const bytes = randomBytes(1000)
    const grant = grantOf(bytes)
    const staging = createUploadStaging(folder)
    let finishStoring = (): void => undefined
    const storing = new Promise<void>((resolve) => (finishStoring = resolve))
    const first = staging.take(grant, Readable.from([bytes]), async (upload) => {
      expect(await upload.replace()).toBe(1000)
      await storing
      const whole = await read(upload)
      await upload.discard()
      return whole
    })
    await until(async () => (await staging.offsetOf(grant)) === 1000)
    const seen: string[] = []
    const second = staging.take(grant, Readable.from([bytes]), async (upload) => {
      seen.push('second')
      expect(await upload.offset()).toBe(0)
      await upload.replace()
      return read(upload)
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    seen.push('first')
    finishStoring()
    expect((await Promise.all([first, second])).map(digestOf)).toEqual([grant.digest, grant.digest])
    expect(seen).toEqual(['first', 'second'])
  })

  it('shared by two processes gives each the bytes that it took in', async () => {
    const bytes = randomBytes(1000)
    const grant = grantOf(bytes)
    const [here, there] = [createUploadStaging(folder), createUploadStaging(folder)]
    const whole = await here.take(grant, Readable.from([bytes]), async (upload) => {
      await upload.replace()
      const elsewhere = there.take(grant, Readable.from([bytes.subarray(0, 10)]), (other) => other.replace())
      expect(await elsewhere).toBe(10)
      return read(upload)
    })
    expect(digestOf(whole)).toBe(grant.digest)
    expect(await here.offsetOf(grant)).toBe(10)
  })

  it('is rid of what nobody added to for a day, and of nothing else', async () => {
    const [old, fresh] = [grantOf(randomBytes(10)), grantOf(randomBytes(10))]
    const staging = createUploadStaging(folder)
    for (const grant of [old, fresh]) await append(staging, grant, 0, Readable.from([Buffer.from('half')]))
    const yesterday = new Date(Date.now() - 25 * 3_600_000)
    utimesSync(path.join(folder, `${old.tenantId}-${old.digest}.part`), yesterday, yesterday)
    expect(await staging.sweep(new Date(Date.now() - 24 * 3_600_000))).toBe(1)
    expect([await staging.offsetOf(old), await staging.offsetOf(fresh)]).toEqual([0, 4])
  })
})

const append = (staging: UploadStaging, grant: UploadGrant, offset: number, body: Readable) =>
  staging.take(grant, body, (upload) => upload.append(offset))

async function read(upload: StagedUpload): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of upload.read()) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 10))
}
