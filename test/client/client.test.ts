import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { type Client, createClient, LetheError, orThrow, signIn } from '@lethe/client'
import { newId } from '@lethe/db'
import { checkoutDir } from '@lethe/stack'
import { buildSchema, type GraphQLObjectType } from 'graphql'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type GatewayRig,
  password,
  startGatewayRig,
  type TestTenant,
} from '../../apps/gateway/src/testing/gateway-rig.js'
import { seedModel } from '../../apps/gateway/src/testing/seed.js'
import { sayProgress, seedRun } from '../../apps/gateway/src/testing/seed-run.js'

let rig: GatewayRig
let acme: TestTenant
let officer: Client
let engineer: Client
beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  await seedModel(rig, acme, 'acme')
  officer = createClient({ url: rig.url, token: acme.tokens.privacy_officer })
  engineer = createClient({ url: rig.url, token: acme.tokens.engineer })
})
afterAll(() => rig.stop())

const erasure = { ground: 'Art. 17', selection: { subjectKey: 'subject-acme' } }
const codeOf = (error: unknown) => (error as LetheError).code

/** Passes connections on, and cuts them when told to. */
async function startCuttingProxy(target: string): Promise<{ url: string; cut: () => void; server: Server }> {
  const { hostname, port } = new URL(target)
  const open = new Set<{ destroy: () => void }>()
  const server = createServer()
  server.on('connection', (socket) => {
    const upstream = connect(Number(port), hostname)
    for (const end of [socket, upstream]) {
      open.add(end)
      end.on('error', () => undefined).on('close', () => (socket.destroy(), upstream.destroy()))
    }
    socket.removeAllListeners('data')
    socket.pipe(upstream).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, server, cut: () => open.forEach((end) => end.destroy()) }
}

describe('the client', () => {
  it('has a method for every operation of the schema, and the gateway runs what each asks for', async () => {
    const schema = buildSchema(readFileSync(path.join(checkoutDir, 'apps/gateway/schema.graphql'), 'utf8'))
    const namesOf = (type: unknown) => Object.keys((type as GraphQLObjectType).getFields()).sort()
    expect(Object.keys(engineer.query).sort()).toEqual(namesOf(schema.getQueryType()))
    expect(Object.keys(engineer.mutation).sort()).toEqual(namesOf(schema.getMutationType()))
    expect(Object.keys(engineer.subscription).sort()).toEqual(namesOf(schema.getSubscriptionType()))
    const { tenant, role } = (await engineer.query.viewer()) ?? {}
    expect([tenant?.id, role]).toEqual([acme.id, 'engineer'])
    const lists = ['datasets', 'models', 'runs', 'erasureRequests', 'audits', 'slaClocks', 'evidence'] as const
    for (const name of lists) {
      const { edges, totalCount } = (await engineer.query[name]({ first: 100 })) as {
        edges: unknown[]
        totalCount: number
      }
      expect([name, edges.length]).toEqual([name, totalCount])
    }
  })

  it('reads a list page by page, each node once', async () => {
    for (let n = 0; n < 5; n++) orThrow(await officer.mutation.requestErasure(erasure))
    const numbers: number[] = []
    for await (const { number } of officer.pages(officer.query.erasureRequests, { first: 2 })) numbers.push(number)
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a))
    expect(new Set(numbers).size).toBe((await officer.query.erasureRequests({ first: 1 })).totalCount)
  })

  it('answers with a refusal as a value, or throws it when asked to', async () => {
    const refused = await officer.mutation.requestErasure({ ...erasure, selection: { subjectKey: 'nobody' } })
    expect(refused).toMatchObject({ __typename: 'UserError', code: 'UNKNOWN_SUBJECT' })
    expect(() => orThrow(refused)).toThrow(LetheError)
    const forbidden = await engineer.mutation.requestErasure(erasure).catch(codeOf)
    expect(forbidden).toBe('FORBIDDEN')
  })

  it('has a mutation done once, however often its key is sent', async () => {
    const input = { ...erasure, idempotencyKey: newId() }
    const [one, two] = [await officer.mutation.requestErasure(input), await officer.mutation.requestErasure(input)]
    expect(orThrow(two)).toMatchObject({ id: orThrow(one).id })
    const other = await officer.mutation.requestErasure({ ...input, ground: 'another' })
    expect(other).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
  })

  it('sends bytes to where a dataset is made of them', async () => {
    const uploadDigest = await engineer.upload(new TextEncoder().encode('an archive'))
    const registered = orThrow(await engineer.mutation.registerDataset({ name: 'pictures', uploadDigest }))
    expect(registered).toMatchObject({ __typename: 'DatasetVersion', state: 'INGESTING' })
  })

  it('signs a person in and renews the token', async () => {
    const token = await signIn(rig.url, { email: 'engineer@acme.test', password })
    const [first, again] = [await token(), await token()]
    expect(again).toBe(first)
    let asked = 0
    const client = createClient({ url: rig.url, token: (renew) => (asked++, renew ? token(true) : 'e30.e30.x') })
    expect((await client.query.viewer())?.role).toBe('engineer')
    expect(asked).toBe(2)
    const wrong = await signIn(rig.url, { email: 'engineer@acme.test', password: 'not the password' }).catch(codeOf)
    expect(wrong).not.toBeUndefined()
  })

  it('runs documents of its user, and says what is wrong with one', async () => {
    const seen = await engineer.request<{ datasets: { totalCount: number } }>('{ datasets { totalCount } }')
    expect(seen.datasets.totalCount).toBeGreaterThan(0)
    expect(await engineer.request('{ nothing }').catch(codeOf)).toBe('GRAPHQL_VALIDATION_FAILED')
    const away = createClient({ url: 'http://127.0.0.1:9', token: 'x', attempts: 2 })
    expect(await away.query.viewer().catch(codeOf)).toBe('UNREACHABLE')
  })

  it('waits as long as it is asked to, and tries again', async () => {
    let requests = 0
    const busy = createServer((_request, response) => {
      requests += 1
      if (requests === 1) response.writeHead(429, { 'retry-after': '0' }).end('{}')
      else if (requests === 2) response.writeHead(503).end()
      else response.end(JSON.stringify({ data: { viewer: null } }))
    })
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
    const client = createClient({ url: `http://127.0.0.1:${(busy.address() as AddressInfo).port}`, token: 'x' })
    expect([await client.query.viewer(), requests]).toEqual([null, 3])
    busy.close()
  })
})

describe('a subscription', () => {
  it('goes on over a connection that is cut, and misses and repeats nothing', async () => {
    const proxy = await startCuttingProxy(rig.url)
    const runId = await seedRun(rig, acme)
    const say = (epoch: number) => sayProgress(rig, acme, runId, { fraction: 0, epoch })
    const client = createClient({ url: proxy.url, token: acme.tokens.engineer })
    const leaving = new AbortController()
    const epochs: (number | null)[] = []
    ;[1, 2, 3].forEach(say)
    for await (const { progress } of client.subscription.runProgress({ runId }, leaving.signal)) {
      epochs.push(progress.epoch)
      if (epochs.length === 2) {
        proxy.cut()
        say(4)
      }
      if (epochs.length === 4) {
        proxy.cut()
        say(5)
      }
      if (epochs.length === 5) break
    }
    leaving.abort()
    proxy.cut()
    proxy.server.close()
    expect(epochs).toEqual([1, 2, 3, 4, 5])
  })

  it('is refused as the gateway refuses it, and ends when its user says so', async () => {
    const unknown = engineer.subscription.runProgress({ runId: newId() }).next()
    expect(await unknown.catch(codeOf)).toBe('NOT_FOUND')
    const leaving = new AbortController()
    const waiting = engineer.subscription.tenantChanged({}, leaving.signal).next()
    setTimeout(() => leaving.abort(new Error('enough')), 300)
    expect(await waiting.catch((error: unknown) => (error as Error).message)).toMatch(/enough|abort/i)
  })
})

describe('the packed client', () => {
  it('is installed by a stranger without a network, runs the example, and has types that hold', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'lethe-client-'))
    try {
      const tarball = execFileSync(process.execPath, ['libs/client/scripts/pack.mjs', path.join(home, 'packed')], {
        cwd: checkoutDir,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim()
      writeFileSync(path.join(home, 'package.json'), '{ "type": "module" }')
      execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: home, stdio: 'ignore' })
      copyFileSync(
        path.join(checkoutDir, 'examples/typescript-client/list-requests.mjs'),
        path.join(home, 'list-requests.mjs'),
      )
      const run = (token: string) =>
        promisify(execFile)(process.execPath, ['list-requests.mjs'], {
          cwd: home,
          env: { PATH: process.env['PATH'], LETHE_URL: rig.url, LETHE_TOKEN: token },
        })
      orThrow(await officer.mutation.requestErasure(erasure))
      expect((await run(acme.tokens.privacy_officer)).stdout).toMatch(/^\d+\tRECEIVED\t.*withdrawErasure/)
      await expect(run('e30.e30.x')).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^UNAUTHENTICATED: /),
      })
      const judge = (source: string) => {
        writeFileSync(path.join(home, 'typed.ts'), source)
        const compiler = path.join(checkoutDir, 'node_modules/typescript/bin/tsc')
        const flags = [
          '--noEmit',
          '--strict',
          '--module',
          'NodeNext',
          '--target',
          'ES2022',
          '--lib',
          'ES2023,DOM',
          'typed.ts',
        ]
        return promisify(execFile)(process.execPath, [compiler, ...flags], { cwd: home })
      }
      const source = (field: string) => `import { createClient } from 'lethe-client'
        const lethe = createClient({ url: 'http://x', token: 'x' })
        const made = await lethe.mutation.requestErasure({ ground: 'g', selection: { subjectKey: 's' } })
        if (made.__typename === 'ErasureRequest') { const n: number = made.${field} }
        else { const code: string = made.code }
        export {}`
      await judge(source('number'))
      await expect(judge(source('state'))).rejects.toMatchObject({ stdout: expect.stringContaining('TS2322') })
    } finally {
      rmSync(home, { recursive: true })
    }
  })
})
