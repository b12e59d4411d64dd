import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from 'nats'
import { afterAll, expect, it } from 'vitest'
import { readStackEnv } from './env.js'
import { findInstalledNats, findNatsServer } from './nats-binary.js'
import { startNatsServer } from './nats-server.js'

const base = mkdtempSync(path.join(os.tmpdir(), 'lethe-nats-test-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

async function open(url: string) {
  const { username, password, host } = new URL(url)
  return connect({ servers: host, user: username, pass: password, reconnect: false })
}
const pidIn = (stateDir: string) =>
  (JSON.parse(readFileSync(path.join(stateDir, 'nats', 'state.json'), 'utf8')) as { server: { pid: number } }).server
    .pid

it('keeps acknowledged messages over kill -9, on the same port', async () => {
  const stateDir = path.join(base, 'killed')
  const first = await startNatsServer({ stateDir })
  const before = await open(first.url)
  await (await jetstreamManager(before)).streams.add({ name: 'KEPT', subjects: ['kept'] })
  await jetstream(before).publish('kept', 'seven')
  process.kill(pidIn(stateDir), 'SIGKILL')
  await before.closed()
  const second = await startNatsServer({ stateDir })
  expect(second).toMatchObject({ adopted: false, port: first.port, url: first.url })
  const after = await open(second.url)
  const stored = await (await jetstreamManager(after)).streams.getMessage('KEPT', { seq: 1 })
  expect(stored?.string()).toBe('seven')
  await after.close()
  await first.stop()
  await second.stop()
  await expect(open(second.url)).rejects.toThrow()
})

it('serves two starters at once, each user with a password of its own', async () => {
  const stateDir = path.join(base, 'shared')
  const users = ['gateway', 'compute']
  const [a, b] = await Promise.all([startNatsServer({ stateDir, users }), startNatsServer({ stateDir, users })])
  expect(a.urls).toEqual(b.urls)
  expect([a.adopted, b.adopted].sort()).toEqual([false, true])
  await expect(open(a.url.replace(/:[^:@]+@/, ':wrong@'))).rejects.toThrow(/Authorization/)
  await expect(connect({ servers: `127.0.0.1:${a.port}`, reconnect: false })).rejects.toThrow(/Authorization/)
  await a.stop()
  const connection = await open(b.urls.compute ?? '')
  await connection.close()
  await b.stop()
})

it('refuses a named binary that is too old or no server, and passes an old one on PATH by', async () => {
  const old = path.join(base, 'old')
  writeFileSync(path.join(base, 'nats-server'), '#!/bin/sh\necho "nats-server: v2.9.10"\n')
  chmodSync(path.join(base, 'nats-server'), 0o755)
  const { cacheDir } = readStackEnv()
  await expect(findNatsServer({ cacheDir, binary: path.join(base, 'nats-server') })).rejects.toThrow(/2\.9\.10/)
  await expect(findNatsServer({ cacheDir, binary: old })).rejects.toThrow(/NATS_SERVER_BIN/)
  const lines: string[] = []
  const found = await findNatsServer({ cacheDir, searchPath: base, report: (line) => lines.push(line) })
  expect(found.file).not.toContain(base)
  expect(lines[0]).toContain('2.9.10')
})

it('does not use a cached binary that was changed', async () => {
  const { cacheDir: shared } = readStackEnv()
  const good = await findNatsServer({ cacheDir: shared })
  const cacheDir = path.join(base, 'cache')
  const home = path.join(cacheDir, 'nats-server', `${process.platform}-${process.arch}`)
  mkdirSync(home, { recursive: true })
  copyFileSync(good.file, path.join(home, 'nats-server'))
  const describe = (sha256: string) =>
    writeFileSync(path.join(home, 'manifest.json'), JSON.stringify({ version: good.version, source: 'test', sha256 }))
  describe('0'.repeat(64))
  expect((await findInstalledNats({ cacheDir }))?.file).not.toBe(path.join(home, 'nats-server'))
  describe(createHash('sha256').update(readFileSync(good.file)).digest('hex'))
  const found = await findInstalledNats({ cacheDir })
  expect(found?.version).toBe(good.version)
})
