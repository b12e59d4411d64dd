import type { Digest } from '@lethe/domain'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf, type ArtifactStore } from './artifact-store.js'
import { folderStore } from './folder-store.js'
import { grantSealer, type GrantHolder } from './grant.js'
import { httpStore } from './http-store.js'
import { serveBlobs, type BlobNote, type BlobService } from './serve-blobs.js'

const secret = 'a secret of tests, of 32 characters and more'
const grants = grantSealer([secret])
const [mine, theirs] = [randomUUID(), randomUUID()]
const holder: GrantHolder = { kind: 'run', tenantId: mine, id: randomUUID() }
const grant = grants.seal(holder)
const root = mkdtempSync(join(tmpdir(), 'lethe-blobs-test-'))
const store = folderStore(root)
const notes: BlobNote[] = []
/** Who holds a grant may do everything inside its tenant: here it is seen what nobody may. */
const authority = {
  get: () => Promise.resolve(),
  put: async (_: GrantHolder, __: unknown, keep: () => Promise<unknown>) => void (await keep()),
  delete: async (_: GrantHolder, __: Digest, erase: () => Promise<unknown>) => Boolean(await erase()),
}
const serve = (of: Pick<ArtifactStore, 'getStream' | 'putStream' | 'delete'> = store, port = 0) =>
  serveBlobs({
    host: '127.0.0.1',
    port,
    store: of,
    grants,
    authority,
    maxBytes: 2 ** 20,
    note: (note) => notes.push(note),
  })
const urlOf = ({ port }: BlobService) => `http://127.0.0.1:${port}`

let service: BlobService
let theirBlob: Digest
beforeAll(async () => {
  service = await serve()
  ;({ digest: theirBlob } = await store.put(theirs, randomBytes(1000)))
})
afterAll(async () => {
  await service.close()
  rmSync(root, { recursive: true, force: true })
})

const files = () =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, digestOf(readFileSync(join(entry.parentPath, entry.name)))])
    .sort()

/** What is answered to a request as it stands, its path not tidied by any library. */
const ask = (method: string, path: string, as: string | null, body?: Uint8Array): Promise<[number, string]> =>
  new Promise((resolve, reject) => {
    const headers = {
      ...(as === null ? {} : { authorization: as }),
      ...(body ? { 'content-length': body.length } : {}),
    }
    const asked = request({ host: '127.0.0.1', port: service.port, method, path, headers }, (response) => {
      let text = ''
      response.on('data', (piece: Buffer) => (text += piece.toString()))
      response.on('end', () => resolve([response.statusCode ?? 0, text]))
    })
    asked.on('error', reject)
    asked.end(body)
  })

/** The code that each was refused with, once all have been answered. */
const codesOf = async (asked: readonly Promise<unknown>[]): Promise<unknown[]> =>
  (await Promise.allSettled(asked)).map((one) =>
    one.status === 'rejected' ? (one.reason as { code?: unknown }).code : 'not refused',
  )

describe('a grant', () => {
  it('is opened as it was sealed, also once another secret seals, and not otherwise', () => {
    expect(grants.open(grant)).toEqual(holder)
    const later = grantSealer(['another secret, of 32 characters and more', secret])
    expect(later.open(grant)).toEqual(holder)
    expect(later.sealings(holder)).toEqual([later.seal(holder), grant])
    expect(() => grants.open(later.seal(holder))).toThrow(expect.objectContaining({ code: 'BLOB_GRANT_INVALID' }))
  })

  it.each([
    ['none', ''],
    ['of another tenant', grant.replace(mine, theirs)],
    ['of another run', grant.replace(holder.id, randomUUID())],
    ['of another kind', grant.replace('run.', 'deployment.')],
    ['with another seal', `${grant.slice(0, -4)}AAAA`],
    ['without a seal', grant.slice(0, grant.lastIndexOf('.'))],
    ['with more behind it', `${grant}A`],
  ])('%s: nothing is read, put or deleted', async (_, wrong) => {
    const blobs = httpStore({ url: urlOf(service), grant: wrong, patienceMs: 0 })
    const { digest } = await store.put(mine, new Uint8Array(randomBytes(100)))
    const before = files()
    expect(
      new Set(await codesOf([blobs.get(mine, digest), blobs.put(mine, randomBytes(100)), blobs.delete(mine, digest)])),
    ).toEqual(new Set(['BLOB_GRANT_INVALID']))
    expect(files()).toEqual(before)
  })

  it('is in no note, and a refusal is', () => {
    expect(
      notes.filter(({ event, code }) => event === 'refused' && code === 'BLOB_GRANT_INVALID').length,
    ).toBeGreaterThan(9)
    expect(JSON.stringify(notes)).not.toContain(grant.split('.')[3])
  })
})

describe('what is asked for', () => {
  const bearer = `Bearer ${grant}`

  it('of another tenant is not reached, whatever is done to it', async () => {
    const blobs = httpStore({ url: urlOf(service), grant })
    const before = files()
    expect(
      new Set(
        await codesOf([
          blobs.get(theirs, theirBlob),
          blobs.put(theirs, randomBytes(9)),
          blobs.delete(theirs, theirBlob),
        ]),
      ),
    ).toEqual(new Set(['BLOB_NOT_GRANTED']))
    expect(files()).toEqual(before)
    expect(await blobs.delete(mine, theirBlob)).toBe(false)
    await expect(blobs.get(mine, theirBlob)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' })
    expect(await store.has(theirs, theirBlob)).toBe(true)
  })

  it('by a way around is not reached, and needs no reading of the path', async () => {
    const before = files()
    for (const path of [
      `/v1/blobs/${mine}/../${theirs}/${theirBlob}`,
      `/v1/blobs/${mine}/..%2f${theirs}%2f${theirBlob}`,
      `/v1/blobs/${mine}%2f..%2f${theirs}/${theirBlob}`,
      `/v1/blobs/${theirs}/${theirBlob}?tenant=${mine}`,
      `//v1/blobs/${theirs}/${theirBlob}`,
      `/v1/blobs/${theirs.toUpperCase()}/${theirBlob}`,
      `/v1/blobs/${mine}/${theirBlob.toUpperCase()}`,
      `/v1/blobs/${mine}/${theirBlob}/`,
      `http://elsewhere/v1/blobs/${theirs}/${theirBlob}`,
      '/',
    ])
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect([path, (await ask(method, path, bearer, Buffer.from('x')))[0]]).toEqual([path, 400])
    expect((await ask('POST', `/v1/blobs/${mine}/${theirBlob}`, bearer, Buffer.from('x')))[0]).toBe(400)
    expect((await ask('GET', `/v1/blobs/${theirs}/${theirBlob}`, null))[0]).toBe(401)
    expect((await ask('GET', `/v1/blobs/${theirs}/${theirBlob}`, grant))[0]).toBe(401)
    expect(files()).toEqual(before)
  })

  it('is kept only under its own digest and within the bound, and comes back as it was', async () => {
    const blobs = httpStore({ url: urlOf(service), grant })
    const bytes = new Uint8Array(randomBytes(300_001))
    const before = files()
    const [status, text] = await ask('PUT', `/v1/blobs/${mine}/${'a'.repeat(64)}`, bearer, bytes)
    expect([status, text]).toEqual([422, expect.stringContaining('ARTIFACT_CORRUPT')])
    await expect(blobs.put(mine, new Uint8Array(2 ** 20 + 1))).rejects.toMatchObject({ code: 'BLOB_SIZE_INVALID' })
    expect(files()).toEqual(before)
    expect(await blobs.put(mine, bytes)).toEqual({ digest: digestOf(bytes), size: bytes.length })
    expect(Buffer.compare(await blobs.get(mine, digestOf(bytes)), bytes)).toBe(0)
    expect(await blobs.put(mine, new Uint8Array())).toMatchObject({ size: 0 })
    expect(await blobs.get(mine, digestOf(new Uint8Array()))).toEqual(new Uint8Array())
    expect(await blobs.delete(mine, digestOf(bytes))).toBe(true)
    expect(await blobs.delete(mine, digestOf(bytes))).toBe(false)
  })
})

describe('a service that is away', () => {
  it('is waited for: what was asked meanwhile is answered once it is back', async () => {
    const first = await serve()
    const blobs = httpStore({ url: urlOf(first), grant })
    await first.close()
    const bytes = new Uint8Array(randomBytes(50_000))
    const putting = blobs.put(mine, bytes)
    await wait(300)
    const again = await serve(store, first.port)
    expect(await putting).toMatchObject({ size: 50_000 })
    await again.close()
  })

  it('is an accident in the end and no refusal, and at once for whoever is asked to stop', async () => {
    const gone = await serve()
    await gone.close()
    const stopped = AbortSignal.abort()
    for (const options of [{ patienceMs: 300 }, { signal: stopped }]) {
      const asked = httpStore({ url: urlOf(gone), grant, ...options }).get(mine, theirBlob)
      await expect(asked).rejects.toThrow(expect.not.objectContaining({ name: 'DomainError' }))
    }
  })

  it('in the middle of an answer gives no half of it', async () => {
    const bytes = new Uint8Array(randomBytes(200_000))
    const { digest } = await store.put(mine, bytes)
    let isBroken = true
    async function* pieces() {
      yield await Promise.resolve(bytes.subarray(0, 100_000))
      if (isBroken) throw new Error('the store went away')
      yield bytes.subarray(100_000)
    }
    const breaking = await serve({
      ...store,
      getStream: () => Promise.resolve({ size: bytes.length, bytes: pieces() }),
    })
    const at = { url: urlOf(breaking), grant }
    await expect(httpStore({ ...at, patienceMs: 0 }).get(mine, digest)).rejects.toThrow()
    const getting = httpStore(at).get(mine, digest)
    await wait(50)
    isBroken = false
    expect(Buffer.compare(await getting, bytes)).toBe(0)
    await breaking.close()
  })
})
