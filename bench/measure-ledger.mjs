import { mkdirSync } from 'node:fs'
import { createPublicKey, generateKeyPairSync, randomInt } from 'node:crypto'
import {
  appendEvidence,
  appendEvidenceBatch,
  loginUrl,
  logNodesOf,
  migrate,
  newId,
  openDatabase,
  readLogSnapshot,
  setRolePasswords,
} from '@lethe/db'
import {
  canonicalJson,
  checkLog,
  leafHash,
  logOrigin,
  readConsistencyProof,
  readInclusionProof,
  signerFromPrivateKey,
  verifierFromPublicKey,
  verifyConsistency,
  verifyInclusion,
  verifyLogCheckpoint,
} from '@lethe/ledger'
import { startPostgres } from '@lethe/stack'
import { integratePending } from '../services/registrar/dist/ledger/integrate-pending.js'
import { readUsage } from './process-usage.mjs'
import { median } from './table.mjs'

const kind = 'run-ended/v1'
const roundMs = 4000
const batch = 500
const proofs = 300
const { privateKey } = generateKeyPairSync('ed25519')
const publicKey = createPublicKey(privateKey)
const signerOf = (tenantId) => signerFromPrivateKey(logOrigin('bench', tenantId), privateKey)

/** Appends, proofs and fsck on the embedded server with its usual durability; about a kilobyte a statement. */
export async function measure(stateDir, { million = false } = {}) {
  mkdirSync(stateDir, { recursive: true })
  const server = await startPostgres({ stateDir })
  const passwords = { gateway: 'g', registrar: 'r', auth: 'a' }
  try {
    await migrate({ ownerUrl: server.url })
    await setRolePasswords({ ownerUrl: server.url, passwords })
    const open = (role) => openDatabase({ url: loginUrl(server.url, role, passwords[role]), role, maxConnections: 24 })
    const [gateway, registrar] = await Promise.all([open('gateway'), open('registrar')])
    try {
      const appends = await measureAppends(gateway)
      const growth = await measureGrowth(gateway, registrar, million ? [1e3, 1e4, 1e5, 1e6] : [1e3, 1e4, 1e5])
      return { figures: { appends, ...growth }, tables: [appendTable(appends), growthTable(growth), fsckTable(growth)] }
    } finally {
      await Promise.all([gateway.close(), registrar.close()])
    }
  } finally {
    await server.stop()
  }
}

function bodyOf(n) {
  const id = newId()
  return canonicalJson({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: `model-version/${id}/weights`, digest: { sha256: leafHash(Buffer.from(id)).toString('hex') } }],
    predicateType: `https://lethe.dev/evidence/${kind}`,
    predicate: { n, reason: 'x'.repeat(600), recorded: { at: new Date().toISOString(), tenantId: id } },
  })
}

async function createTenant(db) {
  const id = newId()
  await db.forTenant(id).tenant.create({ data: { id, name: id, slug: id } })
  return id
}

async function measureAppends(db) {
  const tenants = []
  for (let n = 0; n < 16; n++) tenants.push(await createTenant(db))
  const one = (tenantId) =>
    db.forTenant(tenantId).$transaction((tx) => appendEvidence(tx, tenantId, { kind, body: bodyOf(0) }))
  const many = async (tenantId) => {
    const entries = Array.from({ length: batch }, (_, n) => ({ kind, body: bodyOf(n) }))
    await db.forTenant(tenantId).$transaction((tx) => appendEvidenceBatch(tx, tenantId, entries))
  }
  const [first] = tenants
  await sustained([first], one, 1, 500)
  return [
    { what: 'one tenant, one after the other', rowsPerSecond: await sustained([first], one, 1) },
    { what: 'one tenant, eight at once', rowsPerSecond: await sustained(Array(8).fill(first), one, 1) },
    { what: '16 tenants, one each', rowsPerSecond: await sustained(tenants, one, 1) },
    { what: `one tenant, ${batch} in a transaction`, rowsPerSecond: await sustained([first], many, batch) },
    { what: `16 tenants, ${batch} in a transaction`, rowsPerSecond: await sustained(tenants, many, batch) },
  ]
}

/** Rows a second of workers that append without a pause, one for each listed tenant. */
async function sustained(tenants, append, rows, forMs = roundMs) {
  const startedAt = performance.now()
  let appended = 0
  await Promise.all(
    tenants.map(async (tenantId) => {
      while (performance.now() - startedAt < forMs) {
        await append(tenantId)
        appended += rows
      }
    }),
  )
  return appended / ((performance.now() - startedAt) / 1000)
}

/** One log at growing sizes: what a thousand entries more cost, and what proofs cost. */
async function measureGrowth(gateway, registrar, sizes) {
  const tenantId = await createTenant(gateway)
  const sizesSoFar = []
  let size = 0
  for (const target of sizes) {
    while (size < target) size += await fill(gateway, registrar, tenantId, Math.min(10_000, target - size))
    const before = performance.now()
    size += await appendMany(gateway, tenantId, 1000)
    const appendMs = performance.now() - before
    const integrateMs = await integrate(registrar, tenantId)
    sizesSoFar.push({
      entries: target,
      appendsPerSecond: 1000 / (appendMs / 1000),
      integrateMs,
      ...(await measureProofs(gateway, tenantId, size)),
      residentBytes: process.memoryUsage().rss,
    })
  }
  const fsck = await measureFsck(registrar, tenantId)
  return { sizes: sizesSoFar, fsck: { ...fsck, entries: size, peakBytes: readUsage(process.pid)?.peakBytes ?? 0 } }
}

async function fill(gateway, registrar, tenantId, count) {
  await appendMany(gateway, tenantId, count)
  await integrate(registrar, tenantId)
  return count
}

async function appendMany(db, tenantId, count) {
  for (let at = 0; at < count; at += batch) {
    const entries = Array.from({ length: Math.min(batch, count - at) }, (_, n) => ({ kind, body: bodyOf(at + n) }))
    await db.forTenant(tenantId).$transaction((tx) => appendEvidenceBatch(tx, tenantId, entries))
  }
  return count
}

async function integrate(db, tenantId) {
  const startedAt = performance.now()
  await db
    .forTenant(tenantId)
    .$transaction((tx) => integratePending(tx, { tenantId, signer: signerOf(tenantId), now: new Date() }))
  return performance.now() - startedAt
}

/** Inclusion of random entries in the newest checkpoint and consistency with random older sizes, each verified. */
async function measureProofs(database, tenantId, size) {
  const db = database.forTenant(tenantId)
  const read = logNodesOf(db, tenantId)
  const row = await db.logCheckpoint.findFirst({ orderBy: { size: 'desc' } })
  const head = verifyLogCheckpoint(row.note, [verifierFromPublicKey(logOrigin('bench', tenantId), publicKey)])
  const checkpoints = await db.logCheckpoint.findMany({ select: { size: true, root: true } })
  const timings = { proveMs: [], verifyMs: [], consistencyMs: [] }
  for (let n = 0; n < proofs; n++) {
    const index = randomInt(size)
    const entry = await db.evidence.findFirst({ where: { seq: BigInt(index + 1) }, select: { body: true } })
    let startedAt = performance.now()
    const path = await readInclusionProof(index, size, read)
    timings.proveMs.push(performance.now() - startedAt)
    startedAt = performance.now()
    verifyInclusion({ leafHash: leafHash(Buffer.from(entry.body)), index, size, path }, head.root)
    timings.verifyMs.push(performance.now() - startedAt)
    const older = checkpoints[randomInt(checkpoints.length)]
    const first = Number(older.size)
    startedAt = performance.now()
    const growth = await readConsistencyProof(first, size, read)
    verifyConsistency({ first, second: size, firstRoot: older.root, path: growth }, head.root)
    timings.consistencyMs.push(performance.now() - startedAt)
  }
  return Object.fromEntries(
    Object.entries(timings).map(([name, values]) => [name, { p50: median(values), p95: quantile(values, 0.95) }]),
  )
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.floor(values.length * q)]

async function* nothing() {
  // Nothing is published here.
}

async function measureFsck(db, tenantId) {
  const startedAt = performance.now()
  const origin = logOrigin('bench', tenantId)
  const report = await readLogSnapshot(db.forTenant(tenantId), tenantId, (stored) =>
    checkLog({ tenantId, origin, trusted: [signerOf(tenantId)], stored, outside: { checkpoints: nothing } }),
  )
  return { seconds: (performance.now() - startedAt) / 1000, findings: report.findings.length }
}

const appendTable = (appends) => ({
  title: 'sustained appends',
  columns: ['how', 'rows/s'],
  rows: appends.map(({ what, rowsPerSecond }) => [what, Math.round(rowsPerSecond)]),
})

const growthTable = ({ sizes }) => ({
  title: 'growth: 1,000 entries more, and proofs read from the database',
  columns: [
    'entries',
    'appends/s',
    'integrate ms',
    'prove p50 ms',
    'p95',
    'verify p50 ms',
    'consistency p50 ms',
    'p95',
    'RSS MiB',
  ],
  rows: sizes.map((row) => [
    row.entries,
    Math.round(row.appendsPerSecond),
    row.integrateMs,
    row.proveMs.p50,
    row.proveMs.p95,
    row.verifyMs.p50,
    row.consistencyMs.p50,
    row.consistencyMs.p95,
    row.residentBytes / 2 ** 20,
  ]),
})

const fsckTable = ({ fsck }) => ({
  title: 'fsck of the whole log',
  columns: ['entries', 'seconds', 'entries/s', 'findings', 'peak MiB of the process'],
  rows: [
    [fsck.entries, fsck.seconds, Math.round(fsck.entries / fsck.seconds), fsck.findings, fsck.peakBytes / 2 ** 20],
  ],
})
