#!/usr/bin/env node
/**
 * Stands in for Prisma's native `schema-engine` binary: same arguments, same JSON-RPC over stdio, but backed by
 * @prisma/schema-engine-wasm and @prisma/adapter-pg, so that nothing is downloaded. prisma.config.ts points
 * PRISMA_SCHEMA_ENGINE_BINARY here. Its versions must match `prisma` exactly.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

const wasmFolder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
const argv = process.argv.slice(2)
const valuesOf = (flag) => argv.flatMap((argument, i) => (argument === flag ? [argv[i + 1]] : []))
const datasource = JSON.parse(valuesOf('--datasource')[0] ?? '{}')

/** Type of PostgreSQL's internal "char", which catalogue queries return and adapter-pg cannot map (prisma/orm#29635). */
const internalChar = 18
const text = 25
let charColumns = []

/** Lets internal "char" columns pass as text and remembers where they were, so that they can be labelled afterwards. */
function toleratePgChar() {
  const addFields = pg.Result.prototype.addFields
  pg.Result.prototype.addFields = function (fields) {
    charColumns = fields.flatMap((field, i) => (field.dataTypeID === internalChar ? [i] : []))
    for (const i of charColumns) fields[i].dataTypeID = text
    return addFields.call(this, fields)
  }
}

/** One line of the native engine's log format, which the CLI parses. */
const logError = (code, message) =>
  process.stderr.write(
    `${JSON.stringify({
      level: 'ERROR',
      target: 'schema_engine::logger',
      fields: { error_code: code, message, is_panic: false },
    })}\n`,
  )

async function withClient(config, work) {
  const client = new pg.Client(config)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/**
 * Discrete fields instead of a connection string: with a string, adapter-pg's shadow connection would go to the main
 * database. `max: 1` keeps one session, so that the migration lock holds.
 */
function poolConfig(url, database) {
  const {
    host,
    port,
    user,
    password,
    ssl,
    database: named,
  } = new pg.Client({ connectionString: url }).connectionParameters
  return { host, port, user, password, ssl, database: database ?? named, max: 1, idleTimeoutMillis: 0 }
}

const errorCodes = { '3D000': 'P1003', '28P01': 'P1000' }

async function canConnect(url) {
  try {
    await withClient({ connectionString: url }, () => undefined)
    return true
  } catch (error) {
    logError(errorCodes[error.code] ?? 'P1001', error.message || String(error.code))
    return false
  }
}

async function createDatabase(url) {
  const { database } = poolConfig(url)
  await withClient(poolConfig(url, 'postgres'), (client) =>
    client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`),
  )
  return database
}

/** Runs `schema-engine cli <command>` and gives its exit status. */
async function runCommand(command) {
  process.stderr.write('\n') // the CLI skips the first line of stderr
  try {
    if (command === 'can-connect-to-database') return (await canConnect(datasource.url)) ? 0 : 1
    if (command === 'create-database') {
      await createDatabase(datasource.url)
      return 0
    }
    throw new Error(`schema-engine.mjs does not know the command ${command}`)
  } catch (error) {
    logError(error.code ?? 'P1001', error.message)
    return 1
  }
}

/** Adapters that are open; a shadow database is dropped when its adapter is disposed of. */
const opened = new Set()

async function openAdapter(config, schema, afterDispose) {
  const pool = new pg.Pool(config)
  const adapter = await new PrismaPg(pool, { schema }).connect()
  const queryRaw = adapter.queryRaw.bind(adapter)
  const dispose = adapter.dispose.bind(adapter)
  return track(
    Object.assign(adapter, {
      // adapter-pg splits a script at every ';', also inside function bodies; the native engine sends it whole.
      executeScript: async (sql) => {
        await pool.query(sql).catch((error) => adapter.onError(error))
      },
      queryRaw: async (query) => {
        charColumns = []
        const result = await queryRaw(query)
        for (const i of charColumns) result.columnTypes[i] = ColumnTypeEnum.Character
        return result
      },
      dispose: async () => {
        if (!opened.delete(adapter)) return
        await dispose().catch(() => undefined)
        await pool.end().catch(() => undefined)
        await afterDispose?.()
      },
    }),
  )
}

function track(adapter) {
  opened.add(adapter)
  return adapter
}

function adapterFactory(url) {
  const schema = new URL(url).searchParams.get('schema') ?? undefined
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => openAdapter(poolConfig(url), schema),
    async connectToShadowDb() {
      if (datasource.shadowDatabaseUrl) return openAdapter(poolConfig(datasource.shadowDatabaseUrl), schema)
      const name = pg.escapeIdentifier(`prisma_migrate_shadow_db_${randomUUID()}`)
      const asOwner = (sql) => withClient(poolConfig(url), (client) => client.query(sql))
      await asOwner(`CREATE DATABASE ${name}`)
      return openAdapter(poolConfig(url, name.slice(1, -1)), schema, () =>
        asOwner(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      )
    },
  }
}

function loadEngine() {
  const panic = { message: undefined, set_message: (message) => (panic.message = message), get: () => panic.message }
  globalThis.PRISMA_WASM_PANIC_REGISTRY = panic
  process.on('uncaughtException', (error) => {
    logError('P0000', `schema engine panicked: ${panic.message ?? error.stack}`)
    process.exit(101)
  })
  const module = new WebAssembly.Module(readFileSync(join(wasmFolder, 'schema_engine_bg.wasm')))
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
}

let factory
let engine

/** The engine, made at the first request that needs it: some commands never connect. */
function getEngine() {
  const datamodels = valuesOf('--datamodels').map((file) => [file, readFileSync(file, 'utf8')])
  factory ??= bindMigrationAwareSqlAdapterFactory(adapterFactory(datasource.url))
  engine ??= bindings.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    (line) => process.env.DEBUG && process.stderr.write(`${line}\n`),
    factory,
  )
  return engine
}

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)

let printId = 1_000_000

async function answer({ method, params }) {
  if (method === 'createDatabase')
    return { databaseName: await createDatabase(params?.datasource?.url ?? datasource.url) }
  const running = await getEngine()
  if (method === 'getDatabaseVersion') return running.version(params)
  if (method === 'diff') {
    const { stdout, exitCode } = await running.diff(params)
    if (stdout != null) send({ id: printId++, method: 'print', params: { content: stdout } })
    return { exitCode, stdout: null }
  }
  if (typeof running[method] !== 'function') throw new Error(`The WASM engine has no method ${method}.`)
  return (await running[method](params)) ?? {}
}

function refusal(error) {
  const cause = factory?.errorRegistry?.consumeError?.(0)?.error
  return {
    code: 4466,
    message: 'An error happened. Check the data field for details.',
    data: {
      is_panic: false,
      error_code: error.code,
      message: [String(error.message ?? error), cause && String(cause.message)].filter(Boolean).join(': '),
      meta: error.meta ?? null,
    },
  }
}

/** Answers requests one after another until stdin ends. */
function serve() {
  let last = Promise.resolve()
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })
  lines.on('line', (line) => {
    const request = JSON.parse(line)
    if (!request.method) return // the CLI's answer to a `print`
    last = last.then(async () => {
      try {
        send({ id: request.id, result: await answer(request) })
      } catch (error) {
        send({ id: request.id, error: refusal(error) })
      }
    })
  })
  lines.on('close', async () => {
    await last
    for (const adapter of opened) await adapter.dispose().catch(() => undefined)
    process.exit(0)
  })
}

if (argv.includes('--version')) {
  const { version } = JSON.parse(readFileSync(join(wasmFolder, 'package.json'), 'utf8'))
  console.log(`schema-engine-cli ${version.split('.').at(-1)}`)
} else if (argv.includes('cli')) {
  process.exitCode = await runCommand(argv[argv.indexOf('cli') + 1])
} else {
  toleratePgChar()
  loadEngine()
  serve()
}
