import { startNatsServer } from '@lethe/stack'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect } from 'nats'
import { expect, it } from 'vitest'
import { natsStore } from './nats-store.js'

const tenantId = '00000000-0000-4000-8000-000000000001'

/** How often a text occurs in the files below a folder. */
const occurrences = (folder: string, text: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)).toString('latin1').split(text).length - 1)
    .reduce((sum, count) => sum + count, 0)

it('a deleted blob is gone from the files of the server, too, and its neighbours are not', async () => {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'lethe-nats-disk-'))
  const nats = await startNatsServer({ stateDir })
  const { host, username, password } = new URL(nats.url)
  const nc = await connect({ servers: host, user: username, pass: password })
  const store = await natsStore(nc)
  // More than one chunk each.
  const [before, secret, after] = ['BEFORE-MARK', 'SECRET-MARK', 'AFTER-MARK'].map((mark) =>
    Buffer.from(mark.repeat(40_000)),
  ) as [Buffer, Buffer, Buffer]
  const kept = await store.put(tenantId, before)
  const { digest } = await store.put(tenantId, secret)
  await store.put(tenantId, after)
  expect(occurrences(stateDir, 'SECRET-MARK')).toBeGreaterThan(39_000)
  expect(await store.delete(tenantId, digest)).toBe(true)
  expect(occurrences(stateDir, 'SECRET-MARK')).toBe(0)
  expect(await store.get(tenantId, kept.digest)).toEqual(new Uint8Array(before))
  await nc.close()
  await nats.stop()
  expect(occurrences(stateDir, 'SECRET-MARK')).toBe(0)
  rmSync(stateDir, { recursive: true, force: true })
})

it('three who delete the same blob at once all find it gone', async () => {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'lethe-nats-disk-'))
  const nats = await startNatsServer({ stateDir })
  const { host, username, password } = new URL(nats.url)
  const nc = await connect({ servers: host, user: username, pass: password })
  const store = await natsStore(nc)
  for (let round = 0; round < 5; round++) {
    const { digest } = await store.put(tenantId, Buffer.from(`round ${round} `.repeat(100_000)))
    await Promise.all([1, 2, 3].map(() => store.delete(tenantId, digest)))
    expect(await store.has(tenantId, digest)).toBe(false)
  }
  await nc.close()
  await nats.stop()
  rmSync(stateDir, { recursive: true, force: true })
})
