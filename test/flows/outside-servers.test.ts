import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { assembleCast, changeErasure, embedPicture, promote, showErasure, type Cast } from '@lethe/cli/demo'
import { encodePng } from '@lethe/datasets'
import { checkoutDir } from '@lethe/stack'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isAlive, letheUp, type StartedUp } from '../kit/command-line.js'
import { digitScenario } from '../kit/digit-scenario.js'
import { callLethe, startOutsideServers, type OutsideServers } from '../kit/outside-servers.js'
import { buildServices, makeStateDir, removeStateDir, until } from '../kit/platform.js'
import { beginTraining, prepareDigits, readyVersions, untilEpoch, untilSettled } from '../kit/training.js'

const folder = makeStateDir('outside-servers')
const stateDir = makeStateDir('outside-platform')
const scenario = digitScenario({ epochs: 30 })
let servers: OutsideServers
let lethe: StartedUp | undefined
let cast: Cast

beforeAll(async () => {
  await buildServices()
  servers = await startOutsideServers(folder, stateDir)
}, 120_000)

afterAll(async () => {
  await lethe?.interrupt()
  await servers.stop()
  removeStateDir(stateDir)
  removeStateDir(folder)
})

/** Prisma's own CLI, as the owner, as the page has it. */
const prismaMigrateDeploy = () =>
  promisify(execFile)(process.execPath, ['node_modules/prisma/build/index.js', 'migrate', 'deploy'], {
    cwd: checkoutDir,
    env: { ...process.env, PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`, ...servers.env },
  })

it('what keeps it from a server is said in one line that names the variable and the fix, and nothing is started', async () => {
  const { DATABASE_URL, NATS_URL } = servers.env
  const wrongPassword = DATABASE_URL.replace(/:[^:@/]+@/, ':wrong@')
  const database = await callLethe(stateDir, ['up', '--no-demo'], { DATABASE_URL: wrongPassword, NATS_URL })
  const bus = await callLethe(stateDir, ['up', '--no-demo'], {
    DATABASE_URL,
    NATS_URL: NATS_URL.replace('nats://', 'nats://lethe:secret-of-all@'),
  })
  expect([database.code, bus.code]).toEqual([1, 1])
  expect(database.stderr).toMatch(/^DATABASE_URL: .*does not let lethe_owner in.*correct name and password.*\n$/)
  expect(bus.stderr).toMatch(/^NATS_URL: Leave user and password out.*`lethe bus users`.*\n$/)
  expect(database.stderr + database.stdout + bus.stderr + bus.stdout).not.toMatch(/secret-of-all|:wrong@|starting/)
}, 60_000)

it('on servers of the operator, by two variables, a request goes from upload to plan, and both servers may be restarted', async () => {
  expect((await prismaMigrateDeploy()).stdout).toContain('successfully applied')
  lethe = await letheUp(stateDir, servers.env)
  const { gateway, embedding } = lethe.record.urls
  cast = await assembleCast({ gatewayUrl: gateway, stateDir, admin: lethe.admin, scenario })
  const run = await beginTraining(cast, scenario, await prepareDigits(cast, scenario))
  await untilEpoch(cast, run, 5)
  const before = servers.pids()
  await servers.restart()
  expect(servers.pids().filter((pid) => before.includes(pid))).toEqual([])
  expect((await untilSettled(cast, run)).state).toBe('SUCCEEDED')
  const [version] = await readyVersions(cast, scenario)
  const versionId = version?.id ?? ''
  await promote(cast.as.engineer, versionId, 'serve')
  const picture = await encodePng(new Uint8Array(16 * 16 * 3), 16)
  await until('the embedding service answers', () =>
    embedPicture(cast.as.data_owner, embedding, versionId, picture).catch(() => undefined),
  )
  const { ground, unlearning, policy } = scenario
  const { id: erasureRequestId } = await changeErasure(cast.as.data_owner, 'requestErasure', {
    idempotencyKey: 'ask',
    selection: { subjectKey: scenario.forgetOwner },
    ground,
  })
  const privacy = cast.as.privacy_officer
  await changeErasure(privacy, 'verifyIdentity', { idempotencyKey: 'know', erasureRequestId, reason: 'Signed in.' })
  const plan = { idempotencyKey: 'plan', erasureRequestId, unlearning, comparisons: [], policy }
  await changeErasure(privacy, 'planErasure', plan)
  expect(await showErasure(privacy, erasureRequestId)).toMatchObject({ state: 'PLANNED', forgetCount: 40 })
}, 240_000)

it('an export is verified by the keys that the operator gives out, and not when a row was changed', async () => {
  const trusted = await callLethe(stateDir, ['ledger', 'trust'], servers.env)
  const answer = await fetch(new URL('/v1/exports/clocks', lethe?.record.urls.gateway), {
    headers: { authorization: `Bearer ${await cast.as.privacy_officer.token()}` },
  })
  const text = await answer.text()
  const [trust, file, changed] = ['trust.txt', 'clocks.jsonl', 'changed.jsonl'].map((name) => path.join(folder, name))
  writeFileSync(trust ?? '', trusted.stdout)
  writeFileSync(file ?? '', text)
  writeFileSync(changed ?? '', text.replace('RUNNING', 'STOPPED'))
  const verify = (of = '') => callLethe(stateDir, ['verify', of, '--trust', trust ?? ''])
  const [sound, spoilt] = [await verify(file), await verify(changed)]
  expect([sound.code, sound.stdout]).toEqual([0, expect.stringContaining('1 row of clocks of the tenant')])
  expect([spoilt.code, spoilt.stdout]).toEqual([4, expect.stringContaining('line 2: is not the line that was written')])
}, 60_000)

it('services hold least rights there, and the logs with their blobs are sound', async () => {
  const [owner] = await servers.administer("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'lethe_owner'")
  expect(owner).toEqual({ rolsuper: false, rolbypassrls: false })
  const clients = await servers.administer(
    "SELECT DISTINCT usename::text FROM pg_stat_activity WHERE datname = 'lethe' ORDER BY 1",
  )
  const names = clients.map(({ usename }) => usename)
  expect(names).toEqual(expect.arrayContaining(['lethe_gateway', 'lethe_registrar']))
  expect(names).not.toContain('lethe_owner')
  const fsck = await callLethe(stateDir, ['ledger', 'fsck', '--artifacts'], servers.env)
  expect([fsck.code, fsck.stderr]).toEqual([0, ''])
}, 60_000)

it('stops with nothing of its own left, and leaves the servers as they are', async () => {
  const own = lethe?.pids() ?? []
  const theirs = servers.pids()
  expect(own.length).toBeGreaterThanOrEqual(4)
  await lethe?.interrupt()
  expect(own.filter(isAlive)).toEqual([])
  expect(theirs.map(isAlive)).toEqual([true, true])
  for (const name of ['pg', 'nats']) expect(existsSync(path.join(stateDir, name))).toBe(false)
})
