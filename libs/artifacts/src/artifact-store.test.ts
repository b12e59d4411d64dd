import type { Digest } from '@lethe/domain'
import { startNatsServer, type NatsServer } from '@lethe/stack'
import { jetstreamManager } from '@nats-io/jetstream'
import { Objm } from '@nats-io/obj'
import { connect, type NatsConnection } from 'nats'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf, type ArtifactStore } from './artifact-store.js'
import { openArtifactStore } from './open-store.js'

/** A store, and hands on its insides. */
interface Rig {
  readonly store: ArtifactStore
  /** Replaces what is kept under a name without asking the store. */
  tamper(tenantId: string, digest: Digest, bytes: Uint8Array): Promise<void>
  /** Everything that is kept, in any form. */
  countStored(): Promise<number>
}

const base = mkdtempSync(join(tmpdir(), 'lethe-artifacts-test-'))
let server: NatsServer
let nc: NatsConnection

beforeAll(async () => {
  server = await startNatsServer({ stateDir: base })
  const { host, username, password } = new URL(server.url)
  nc = await connect({ servers: host, user: username, pass: password })
})
afterAll(async () => {
  await nc.close()
  await server.stop()
  rmSync(base, { recursive: true, force: true })
})

async function folderRig(): Promise<Rig> {
  const root = mkdtempSync(join(base, 'folder-'))
  return {
    store: await openArtifactStore(`file://${root}`, nc),
    tamper: (tenantId, digest, bytes) =>
      Promise.resolve(writeFileSync(join(root, tenantId, digest.slice(0, 2), digest), bytes)),
    countStored: () =>
      Promise.resolve(
        readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length,
      ),
  }
}

async function natsRig(): Promise<Rig> {
  const objects = await new Objm(nc).create('artifacts')
  return {
    store: await openArtifactStore('nats', nc),
    tamper: async (tenantId, digest, bytes) => void (await objects.putBlob({ name: `${tenantId}/${digest}` }, bytes)),
    countStored: async () => {
      const live = (await objects.list()).reduce((sum, { chunks }) => sum + chunks, 0)
      const { state } = await (
        await jetstreamManager(nc)
      ).streams.info('OBJ_artifacts', { subjects_filter: '$O.artifacts.C.>' })
      const chunks = Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0)
      expect(chunks, 'no chunk is left without a name').toBe(live)
      return (await objects.list()).length
    },
  }
}

describe.each([
  ['folder', folderRig],
  ['NATS object store', natsRig],
])('%s', (_, open) => {
  let rig: Rig
  let store: ArtifactStore
  beforeAll(async () => {
    rig = await open()
    store = rig.store
  })
  const tenant = randomUUID()
  const fresh = (size = 100): Uint8Array => new Uint8Array(randomBytes(size))

  it.each([0, 1, 131_072, 700_001])('gives back %i bytes as they were', async (size) => {
    const bytes = fresh(size)
    const { digest, size: stored } = await store.put(tenant, bytes)
    expect([digest, stored]).toEqual([digestOf(bytes), size])
    expect(Buffer.compare(await store.get(tenant, digest), bytes)).toBe(0)
    const streamed = await store.getStream(tenant, digest)
    const pieces: Uint8Array[] = []
    for await (const piece of streamed.bytes) pieces.push(piece)
    expect([streamed.size, Buffer.compare(Buffer.concat(pieces), bytes)]).toEqual([size, 0])
  })

  it('keeps the same bytes once, also when many put them at the same time', async () => {
    const bytes = fresh(300_000)
    const before = await rig.countStored()
    await Promise.all(Array.from({ length: 6 }, () => store.put(tenant, bytes)))
    await store.put(tenant, bytes)
    expect(await rig.countStored()).toBe(before + 1)
    expect(await store.has(tenant, digestOf(bytes))).toBe(true)
  })

  it('keeps what comes piece by piece as it keeps a whole, once, and nothing when it has another digest', async () => {
    const bytes = fresh(700_001)
    async function* pieces(of: Uint8Array) {
      for (let at = 0; at < of.length; at += 50_000) yield await Promise.resolve(of.subarray(at, at + 50_000))
    }
    const before = await rig.countStored()
    const digest = digestOf(bytes)
    const wrong = bytes.slice()
    wrong[700_000] = (wrong[700_000] ?? 0) ^ 1
    await expect(store.putStream(tenant, digest, pieces(wrong))).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' })
    expect([await store.sizeOf(tenant, digest), await rig.countStored()]).toEqual([null, before])
    for (let time = 0; time < 2; time++)
      expect(await store.putStream(tenant, digest, pieces(bytes))).toEqual({ digest, size: 700_001 })
    await expect(store.putStream(tenant, digest, pieces(wrong))).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' })
    expect([await store.sizeOf(tenant, digest), await rig.countStored()]).toEqual([700_001, before + 1])
    expect(Buffer.compare(await store.get(tenant, digest), bytes)).toBe(0)
    await rig.tamper(tenant, digest, wrong)
    await store.putStream(tenant, digest, pieces(bytes))
    expect(Buffer.compare(await store.get(tenant, digest), bytes)).toBe(0)
  })

  it('does not show one tenant what another holds, and deletes for one only', async () => {
    const [other, bytes] = [randomUUID(), fresh()]
    const { digest } = await store.put(tenant, bytes)
    expect(await store.has(other, digest)).toBe(false)
    await expect(store.get(other, digest)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' })
    expect(await store.delete(other, digest)).toBe(false)
    await store.put(other, bytes)
    expect(await store.delete(tenant, digest)).toBe(true)
    expect(await store.has(tenant, digest)).toBe(false)
    await expect(store.get(tenant, digest)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' })
    await expect(store.getStream(tenant, digest)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' })
    expect(Buffer.compare(await store.get(other, digest), bytes)).toBe(0)
  })

  it('refuses tampered bytes, and mends them when they are put again', async () => {
    const bytes = fresh(300_000)
    const { digest } = await store.put(tenant, bytes)
    const flipped = bytes.slice()
    flipped[299_999] = (flipped[299_999] ?? 0) ^ 1
    for (const damage of [flipped, bytes.slice(0, -1), new Uint8Array(0)]) {
      await rig.tamper(tenant, digest, damage)
      await expect(store.get(tenant, digest)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' })
    }
    await store.put(tenant, bytes)
    expect(Buffer.compare(await store.get(tenant, digest), bytes)).toBe(0)
  })

  it('can be put again after it was deleted', async () => {
    const bytes = fresh()
    const { digest } = await store.put(tenant, bytes)
    await store.delete(tenant, digest)
    await store.put(tenant, bytes)
    expect(Buffer.compare(await store.get(tenant, digest), bytes)).toBe(0)
  })

  it.each(['../../etc/passwd', 'A'.repeat(64), '', 'a'.repeat(63)])('refuses the name %j', async (hostile) => {
    await expect(store.get(tenant, hostile as Digest)).rejects.toMatchObject({ code: 'ARTIFACT_NAME_INVALID' })
    await expect(store.get(hostile, 'a'.repeat(64) as Digest)).rejects.toMatchObject({ code: 'ARTIFACT_NAME_INVALID' })
  })
})

it('refuses an object whose chunks are gone instead of waiting for them', async () => {
  const { store } = await natsRig()
  const tenant = randomUUID()
  const { digest } = await store.put(tenant, new Uint8Array(randomBytes(300_000)))
  const info = await (await new Objm(nc).open('artifacts')).info(`${tenant}/${digest}`)
  const manager = await jetstreamManager(nc)
  await manager.streams.purge('OBJ_artifacts', { filter: `$O.artifacts.C.${info?.nuid ?? ''}`, keep: 1 })
  await expect(store.get(tenant, digest)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' })
  await expect(store.getStream(tenant, digest)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' })
})

it('knows two kinds of place', async () => {
  await expect(openArtifactStore('s3://bucket', nc)).rejects.toMatchObject({ code: 'ARTIFACT_LOCATION_INVALID' })
})
