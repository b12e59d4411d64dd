import { findFreePort, findNatsServer, natsUsersConf, readStackEnv } from '@lethe/stack'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { checkBusServer } from './check-bus-server.js'
import { busPermissions, busUsers } from './permissions.js'
import { busUrl } from './server-address.js'

const folder = mkdtempSync(join(tmpdir(), 'lethe-bus-check-'))
const running: ChildProcess[] = []
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.kill('SIGKILL')
    await once(server, 'exit')
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const passwords = { registrar: 'r@/:', gateway: 'g', compute: 'c', embedding: 'e' }

/** The users as the operator is given them; `change` spoils them. */
const users = (
  change: (user: (typeof busUsers)[number]) => { password?: string; permissions?: undefined } = () => ({}),
) =>
  natsUsersConf(
    busUsers.map((user) => ({
      user,
      password: JSON.stringify(passwords[user]),
      permissions: busPermissions[user],
      ...change(user),
    })),
  )
const authorization = (text: string): string => `authorization {\n${text}}\n`
const jetstream = `jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))} }\n`

/** A server of somebody else's. @returns its address */
async function startServer(configuration: string): Promise<string> {
  const port = await findFreePort()
  const file = join(folder, 'server.conf')
  writeFileSync(file, `listen: "127.0.0.1:${port}"\n${configuration}`)
  const { cacheDir, natsServerBin, searchPath } = readStackEnv()
  const binary = await findNatsServer({ cacheDir, binary: natsServerBin, searchPath })
  const server = spawn(binary.file, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  running.push(server)
  let log = ''
  server.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  await vi.waitFor(() => expect(log).toContain('Server is ready'), 10_000)
  return `nats://127.0.0.1:${port}`
}

it('lets a server through on which every service has its own rights', async () => {
  const url = await startServer(jetstream + authorization(users()))
  await expect(checkBusServer(url, passwords)).resolves.toBeUndefined()
})

it.each([
  ['nobody must sign in', 'BUS_RIGHTS_MISSING', jetstream],
  [
    'users have no rights of their own',
    'BUS_RIGHTS_MISSING',
    jetstream + authorization(users(() => ({ permissions: undefined }))),
  ],
  [
    'one service may do everything',
    'BUS_RIGHTS_MISSING',
    jetstream + authorization(users((user) => (user === 'embedding' ? { permissions: undefined } : {}))),
  ],
  [
    'one password is another',
    'BUS_SIGN_IN_REFUSED',
    jetstream + authorization(users((user) => (user === 'compute' ? { password: '"another"' } : {}))),
  ],
  ['JetStream is off', 'BUS_JETSTREAM_OFF', authorization(users())],
])('refuses a server where %s: %s, naming the variable and the fix', async (_what, code, configuration) => {
  const url = await startServer(configuration)
  const refusal = await checkBusServer(url, passwords).catch((error: unknown) => error)
  expect(refusal).toMatchObject({
    code,
    field: 'NATS_URL',
    message: expect.stringMatching(/lethe bus users|store_dir/),
  })
  for (const password of Object.values(passwords).filter(({ length }) => length > 1))
    expect(String(refusal)).not.toContain(password)
})

it('refuses where nothing answers, and an address by which all would share one user', async () => {
  const nowhere = `nats://127.0.0.1:${await findFreePort()}`
  await expect(checkBusServer(nowhere, passwords)).rejects.toMatchObject({ code: 'BUS_UNREACHABLE', field: 'NATS_URL' })
  const shared = nowhere.replace('nats://', 'nats://lethe:secret@')
  await expect(checkBusServer(shared, passwords)).rejects.toMatchObject({ code: 'BUS_URL_INVALID', field: 'NATS_URL' })
})

it('puts any password into an address so that it comes out again', () => {
  const url = busUrl('tls://nats.example.org:4222', 'registrar', passwords.registrar)
  expect(decodeURIComponent(new URL(url).password)).toBe(passwords.registrar)
  expect(url).toMatch(/^tls:\/\/registrar:/)
})
