import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { busPermissions } from '@lethe/bus'
import { natsUsersConf, startNatsServer } from '@lethe/stack'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

const base = join(import.meta.dirname, '../../k8s/base')
const dataOf = (file: string): Record<string, string> =>
  (parse(readFileSync(join(base, file), 'utf8').split('\n---\n')[0] ?? '') as { data: Record<string, string> }).data

it('the rights on the bus are those of the code (otherwise: npm run bus-permissions)', () => {
  const users = Object.entries(busPermissions).map(([user, permissions]) => {
    return { user, password: `$${user.toUpperCase()}_PASSWORD`, permissions }
  })
  expect(dataOf('nats-users.yaml')['users.conf']).toBe(natsUsersConf(users))
})

it('nats-server accepts the configuration as it is mounted, and not one with a fault', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-k8s-nats-'))
  const server = await startNatsServer({ stateDir: folder })
  await server.stop()
  const files = { ...dataOf('nats.yaml'), ...dataOf('nats-users.yaml') }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const passwords = Object.fromEntries(
    Object.keys(busPermissions).map((user) => [`${user.toUpperCase()}_PASSWORD`, 'x']),
  )
  const judge = () =>
    spawnSync(server.binary.file, ['-t', '-c', join(folder, 'nats.conf')], {
      env: { PATH: '/usr/bin:/bin', POD_NAME: 'nats-0', ...passwords },
    }).status
  expect(judge()).toBe(0)
  writeFileSync(
    join(folder, 'users.conf'),
    (files['users.conf'] ?? '').replace('permissions: {', 'permissions: { x: ['),
  )
  expect(judge()).not.toBe(0)
  rmSync(folder, { recursive: true, force: true })
})
