// npm run bench -- [ready] [training] [task-latency] [audit] [demo] [dataset] [ledger] [bundle] [api]     all when none is named
//   --million      dataset: also with a million samples, some five minutes more; ledger: up to a million entries
//   --out FILE     where the JSON goes; default .lethe/bench.json
// Measures and prints; asserts nothing. Everything runs in a temporary state directory.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildAll } from '../scripts/build.mjs'
import { printTable } from './table.mjs'

const benches = {
  ready: () => import('./measure-ready.mjs'),
  training: () => import('./measure-training.mjs'),
  'task-latency': () => import('./measure-task-latency.mjs'),
  audit: () => import('./measure-audit.mjs'),
  demo: () => import('./measure-demo.mjs'),
  dataset: () => import('./measure-dataset.mjs'),
  ledger: () => import('./measure-ledger.mjs'),
  bundle: () => import('./measure-bundle.mjs'),
  api: () => import('./measure-api.mjs'),
}

const usage = `npm run bench -- [${Object.keys(benches).join('] [')}] [--million] [--out FILE]     all of them when none is named`

function readArguments() {
  try {
    return parseArgs({
      options: { out: { type: 'string' }, million: { type: 'boolean' }, help: { type: 'boolean' } },
      allowPositionals: true,
    })
  } catch (error) {
    console.error(`${error.message}\n${usage}`)
    process.exit(1)
  }
}

const { values, positionals } = readArguments()
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const unknown = positionals.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  console.error(`There is no bench called ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`)
  process.exit(1)
}
const chosen = positionals.length > 0 ? positionals : Object.keys(benches)

await buildAll()
const scratch = mkdtempSync(path.join(os.tmpdir(), 'lethe-bench-'))
// As root, PostgreSQL runs under another account, which must get through here.
chmodSync(scratch, 0o755)
const result = {
  measuredAt: new Date().toISOString(),
  machine: { cpus: os.cpus().length, cpu: os.cpus()[0]?.model.trim() ?? 'unknown', memoryBytes: os.totalmem() },
  node: process.version,
  loadBefore: os.loadavg()[0],
  benches: {},
}
try {
  for (const name of chosen) {
    console.log(`\n${name}`)
    const { measure } = await benches[name]()
    const { tables, figures } = await measure(path.join(scratch, name), { million: values.million })
    for (const table of tables) printTable(table)
    result.benches[name] = figures
  }
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}
const root = fileURLToPath(new URL('..', import.meta.url))
const file = path.resolve(values.out ?? path.join(root, '.lethe', 'bench.json'))
mkdirSync(path.dirname(file), { recursive: true })
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
console.log(`\n${file}`)
