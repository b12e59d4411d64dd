import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, it } from 'vitest'
import { loginUrl } from '@lethe/db'
import { platformHolder, readPlatformRecord } from './platform-record.js'
import { startPlatform } from './platform.js'

const base = mkdtempSync(path.join(os.tmpdir(), 'lethe-platform-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const who = async (url: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ who: string }>('select current_user as who')
  await client.end()
  return rows[0]?.who
}

it('brings up its foundations with logins of least privilege, and refuses a second start by naming the first', async () => {
  const stateDir = path.join(base, 'one')
  const lines: string[] = []
  const report = (line: string) => lines.push(line)
  const platform = await startPlatform({ stateDir, services: [], isDurable: false, report })
  try {
    const { ownerUrl, passwords, natsUrls } = platform.facts
    expect(await who(loginUrl(ownerUrl, 'gateway', passwords.gateway))).toBe('lethe_gateway')
    expect(await who(loginUrl(ownerUrl, 'registrar', passwords.registrar))).toBe('lethe_registrar')
    expect(new Set(Object.values(natsUrls)).size).toBe(4)
    expect(platformHolder(stateDir)).toBe(process.pid)
    await expect(startPlatform({ stateDir, services: [] })).rejects.toThrow(`process ${process.pid}`)
    expect(lines.some((line) => line.includes('PostgreSQL'))).toBe(true)
    const written = readFileSync(path.join(stateDir, 'platform.json'), 'utf8') + lines.join()
    for (const secret of Object.values(passwords)) expect(written).not.toContain(secret)
    expect(statSync(path.join(stateDir, 'secrets', 'secrets.json')).mode & 0o077).toBe(0)
    expect(statSync(platform.facts.logSigningKeyFile).mode & 0o077).toBe(0)
    expect(statSync(platform.facts.modelSigningKeyFile).mode & 0o077).toBe(0)
  } finally {
    await platform.stop()
  }
  expect(platformHolder(stateDir)).toBeUndefined()
  await expect(who(platform.facts.ownerUrl)).rejects.toThrow()
})

it('keeps passwords, keys and ports from one start to the next, and two state directories apart', async () => {
  const start = (name: string) => startPlatform({ stateDir: path.join(base, name), services: [], isDurable: false })
  const [one, two] = await Promise.all([start('one'), start('two')])
  try {
    expect(one.facts.gatewaySecret).not.toBe(two.facts.gatewaySecret)
    const ports = [...Object.values(one.facts.ports), ...Object.values(two.facts.ports)]
    expect(new Set(ports).size).toBe(10)
  } finally {
    await Promise.all([one.stop(), two.stop()])
  }
  const again = await start('one')
  await again.stop()
  expect(again.facts).toEqual(one.facts)
  expect(readPlatformRecord(path.join(base, 'one'))?.services).toEqual([])
  expect(existsSync(path.join(base, 'one', 'platform.lock'))).toBe(false)
})
