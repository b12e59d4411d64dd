import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { Agent, request } from 'node:http'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { median } from './table.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const concurrency = 16
const rounds = 5
const roundMs = 3000
const subscribers = 100
const manySubscribers = 500
const events = 30

/** What is measured: with everything on, and with tenants not kept apart (no tenant on a transaction, no policies). */
const variants = ['on', 'off']

const list = `{ datasets(first: 20) { totalCount edges { node { id name createdAt latestVersion { id state sampleCount } } } } }`
const ask = `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { __typename } }`
const operations = {
  'tiny query': () => ({ query: '{ viewer { id } }' }),
  '20-row connection': () => ({ query: list }),
  mutation: ({ contents }) => ({
    query: ask,
    variables: {
      input: { idempotencyKey: randomUUID(), ground: 'bench', selection: { contentIds: [contents.pop()] } },
    },
  }),
}

export async function measure(scratch) {
  const folder = path.join(scratch, 'api')
  mkdirSync(path.join(folder, 'gateway'), { recursive: true })
  // Packages are found as from apps/gateway.
  for (const [from, to] of [
    ['node_modules', 'node_modules'],
    ['apps/gateway/node_modules', 'gateway/node_modules'],
  ])
    symlinkSync(path.join(root, from), path.join(folder, to))
  const gateways = {}
  for (const variant of variants) gateways[variant] = await startGateway(folder, variant)
  try {
    const runs = {}
    for (const [name, make] of Object.entries(operations)) runs[name] = await pairedRounds(gateways, make)
    const streams = {}
    for (const variant of variants) streams[variant] = await measureStreams(gateways[variant])
    return report(runs, streams)
  } finally {
    await Promise.all(Object.values(gateways).map(({ ask }) => ask('stop')))
  }
}

async function startGateway(folder, variant) {
  const outfile = path.join(folder, 'gateway', `${variant}.mjs`)
  await build({
    stdin: {
      contents: `export { startGatewayRig as startRig } from './gateway-rig.js'
export { seedModel, hex } from './seed.js'
export { publishChanged } from '@lethe/bus'`,
      resolveDir: path.join(root, 'apps/gateway/src/testing'),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['source'],
    // esbuild takes the first plugin that answers.
    plugins: [...(variant === 'off' ? [tenantsTogether] : []), ourSources],
    logLevel: 'error',
  })
  const worker = fileURLToPath(new URL('api-worker.mjs', import.meta.url))
  const child = fork(worker, [outfile], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const waiting = new Map()
  const { url, contents } = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)))
    child.on('message', (message) => (message.ready ? resolve(message) : waiting.get(message.id)?.(message)))
  })
  const ask = (what) => {
    const id = randomUUID()
    return new Promise((resolve) => {
      waiting.set(id, resolve)
      child.send({ id, ask: what })
    })
  }
  return { url, contents, ask }
}

/** Our own sources go into the bundle, packages stay outside. Paths beside a source are those of the source. */
const ourSources = {
  name: 'our-sources',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path: name }) => (name.startsWith('@lethe/') ? undefined : { external: true }))
    onLoad({ filter: /\/(libs|apps)\/[^/]+\/src\/.*\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replaceAll('import.meta.url', JSON.stringify(`file://${file}`)),
      loader: 'ts',
    }))
  },
}

/** The same gateway without what keeps tenants apart in the database. For comparison only; nothing ships like this. */
const tenantsTogether = {
  name: 'tenants-together',
  setup({ onLoad }) {
    const load = (filter, change) =>
      onLoad({ filter }, ({ path: file }) => ({ contents: change(readFileSync(file, 'utf8')), loader: 'ts' }))
    /** What is to be replaced must be there, or "off" would be measured with isolation on. */
    const replace = (filter, [from, to]) =>
      load(filter, (text) => {
        if (!text.includes(from)) throw new Error(`bench: ${filter} holds no ${JSON.stringify(from)} any more`)
        return text.replace(from, to)
      })
    const check = 'Promise<void> {\n  await assertLogin(pool, expected)'
    replace(/db\/src\/assert-isolation\.ts$/, [check, 'Promise<void> {\n  if (expected) return'])
    // The owner is not subject to policies.
    replace(/testing\/gateway-rig\.ts$/, ["DATABASE_URL: loginTo('gateway')", 'DATABASE_URL: postgres.url'])
    load(
      /db\/src\/tenant-pool\.ts$/,
      () => `import pg from 'pg'
export class TenantPool extends pg.Pool {
  constructor(shared) { super({ max: 1 }); this.shared = shared; this.query = (query, values) => shared.query(query, values) }
  connect() { return this.shared.connect() }
}`,
    )
  },
}
async function pairedRounds(gateways, make) {
  const measured = Object.fromEntries(variants.map((variant) => [variant, []]))
  for (let round = 0; round <= rounds; round++)
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const one = await load(gateways[variant], make)
      // The first is for warming up.
      if (round > 0) measured[variant].push(one)
    }
  return measured
}

async function load(gateway, make) {
  const { token } = await gateway.ask('token')
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const before = await gateway.ask('usage')
  const startedAt = performance.now()
  const latencies = []
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() - startedAt < roundMs) {
        const sentAt = performance.now()
        const answer = await post(`${gateway.url}/graphql`, token, make(gateway), agent)
        if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors))
        latencies.push(performance.now() - sentAt)
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  const after = await gateway.ask('usage')
  agent.destroy()
  latencies.sort((a, b) => a - b)
  const cpuMicros = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system
  return {
    perSecond: latencies.length / seconds,
    p50: latencies[Math.floor(latencies.length * 0.5)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
    cpuMsEach: cpuMicros / 1000 / latencies.length,
  }
}

const post = (url, token, body, agent) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })

/** Events to a hundred subscribers, and what five hundred cost in memory. */
async function measureStreams(gateway) {
  const { token } = await gateway.ask('token')
  const before = await gateway.ask('usage')
  const heard = []
  const open = []
  const onEvent = () => heard.push(performance.now())
  for (let n = 0; n < subscribers; n++) open.push(await subscribe(gateway.url, token, onEvent))
  await wait(1000)
  const delays = []
  const cpuBefore = (await gateway.ask('usage')).cpu
  for (let n = 0; n < events; n++) {
    heard.length = 0
    const sentAt = performance.now()
    await gateway.ask('announce')
    for (let patience = 0; heard.length < subscribers && patience < 2000; patience++) await wait(2)
    delays.push(...heard.map((at) => at - sentAt))
  }
  const cpuAfter = (await gateway.ask('usage')).cpu
  while (open.length < manySubscribers) open.push(await subscribe(gateway.url, token, onEvent))
  await wait(1000)
  const crowded = await gateway.ask('usage')
  for (const stream of open) stream.destroy()
  delays.sort((a, b) => a - b)
  const cpuMicros = cpuAfter.user + cpuAfter.system - cpuBefore.user - cpuBefore.system
  return {
    delivered: delays.length,
    expected: subscribers * events,
    p50: delays[Math.floor(delays.length * 0.5)],
    p99: delays[Math.floor(delays.length * 0.99)],
    cpuMsEach: cpuMicros / 1000 / delays.length,
    rssBefore: before.rss,
    rssCrowded: crowded.rss,
  }
}

const subscribe = (url, token, onEvent) =>
  new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
    }
    const sent = request(`${url}/graphql/stream`, { method: 'POST', agent: false, headers }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`a subscription was answered ${response.statusCode}`))
      response.on('data', (chunk) => String(chunk).includes('"tenantChanged"') && onEvent())
      response.on('error', () => {})
      resolve(sent)
    })
    sent.on('error', (error) => (error.code === 'ECONNRESET' ? undefined : reject(error)))
    sent.end(JSON.stringify({ query: 'subscription { tenantChanged { aggregate id at } }' }))
  })

function report(runs, streams) {
  const middle = (measured, key) => median(measured.map((one) => one[key]))
  const rows = Object.entries(runs).map(([name, { on, off }]) => [
    name,
    middle(on, 'perSecond'),
    middle(on, 'p50'),
    middle(on, 'p99'),
    middle(on, 'cpuMsEach'),
    middle(off, 'perSecond'),
    middle(off, 'p99'),
    // Of the rounds that were run one after the other.
    median(on.map(({ perSecond }, round) => off[round].perSecond / perSecond)),
    median(on.map(({ cpuMsEach }, round) => cpuMsEach / off[round].cpuMsEach)),
  ])
  const { on } = streams
  return {
    figures: { concurrency, runs, streams },
    tables: [
      {
        title: `The API at ${concurrency} concurrent requests; "off" has no tenant on its transactions and no policies`,
        columns: ['', 'per s', 'p50 ms', 'p99 ms', 'CPU ms', 'per s off', 'p99 ms off', 'time ratio', 'CPU ratio'],
        rows,
      },
      {
        title: `Subscriptions: ${events} events to ${subscribers} clients, memory with ${manySubscribers}`,
        columns: [
          'delivered',
          'expected',
          'p50 ms',
          'p99 ms',
          'CPU ms each',
          'RSS MiB',
          `RSS MiB with ${manySubscribers}`,
        ],
        rows: [
          [on.delivered, on.expected, on.p50, on.p99, on.cpuMsEach, on.rssBefore / 2 ** 20, on.rssCrowded / 2 ** 20],
        ],
      },
    ],
  }
}
