// One step of a bundle's life in a process of its own: prepare (audits really run, statements, log), write, verify.
// The case is that of the tests, whose sources are transpiled for it.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { median } from './table.mjs'

const { step, folder, forget, heldOut, retain, views, resamples, audits } = JSON.parse(process.argv[2])
const repeats = 5
const file = (name) => path.join(folder, name)

/** Milliseconds of processor time, the median of some rounds after one that warms up; other work does not count. */
async function timed(work) {
  await work()
  const taken = []
  for (let round = 0; round < repeats; round++) {
    const startedAt = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(startedAt)
    taken.push((user + system) / 1000)
  }
  return median(taken)
}

async function prepare() {
  const { smallAudit, smallBundle } = await import(file('kit.mjs'))
  const { AuditPolicy } = await import('@lethe/domain')
  const policy = AuditPolicy.parse({ version: 1, views, resamples, utilityMargin: 0.15 })
  const audit = await smallAudit('retrained', policy, { forget, heldOut, retain })
  const { parts, bytes, trust } = smallBundle(Array.from({ length: audits }, () => audit))
  writeFileSync(file('parts'), serialize(parts))
  writeFileSync(file('bundle.tar'), bytes)
  writeFileSync(file('trust.txt'), trust)
  return { bytes: bytes.length, statements: parts.statements.length }
}

async function write() {
  const { smallSigner } = await import(file('kit.mjs'))
  const { writeBundle } = await import('@lethe/ledger')
  const { renderAuditReport } = await import('@lethe/report')
  const parts = deserialize(readFileSync(file('parts')))
  const render = ({ report, matrices }) =>
    ['en', 'ja'].map((language) => renderAuditReport({ report: JSON.parse(report), matrices, language }))
  const pagesMs = await timed(() => parts.audits.map(render))
  return { pagesMs, writeMs: await timed(() => writeBundle(parts, smallSigner)) }
}

async function verify() {
  const { parseTrustRoots, verifyBundle } = await import('@lethe/verifier')
  const bytes = readFileSync(file('bundle.tar'))
  const trust = await parseTrustRoots(readFileSync(file('trust.txt'), 'utf8'))
  let exitCode
  const verifyMs = await timed(async () => {
    exitCode = (await verifyBundle(bytes, { trust, at: new Date() })).report.exitCode
  })
  return { verifyMs, exitCode }
}

const figures = await { prepare, write, verify }[step]()
process.send({ ...figures, peakBytes: process.resourceUsage().maxRSS * 1024 })
process.exit(0)
