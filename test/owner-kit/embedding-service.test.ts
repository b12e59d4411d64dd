import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { OwnerAuditResult } from '@lethe/domain'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startEmbeddingRig, tinyWeights, type EmbeddingRig } from '../../services/embedding/src/testing/rig.js'
import { writeOwnerFolders } from '../kit/digit-owner.js'
import { runKit } from './run-kit.js'

let home: string
let rig: EmbeddingRig
let folders: Awaited<ReturnType<typeof writeOwnerFolders>>
const tenantId = randomUUID()

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'lethe-service-'))
  rig = await startEmbeddingRig({ requestsPerMinute: 100_000, warm: 4 })
  folders = await writeOwnerFolders(path.join(home, 'pictures'))
})
afterAll(async () => {
  await rig.stop()
  rmSync(home, { recursive: true, force: true })
})

/** Address of a version that is served. */
async function deploy(weights: Uint8Array): Promise<string> {
  const { modelVersionId } = await rig.deploy(tenantId, weights)
  const url = `${rig.url}/v1/models/${modelVersionId}`
  const headers = { authorization: `Bearer ${await rig.token({ tenantId, role: 'data_owner' })}` }
  await vi.waitFor(async () => expect((await fetch(url, { headers })).status).toBe(200))
  return url
}

/** The same pictures in one folder, with a text of each. */
function withTexts(folder: string): string {
  const target = `${folder} with texts`
  mkdirSync(target)
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.png'))
  for (const name of files) writeFileSync(path.join(target, path.basename(name)), readFileSync(path.join(folder, name)))
  const lines = files.map((name) =>
    JSON.stringify({
      file_name: path.basename(name),
      text: `the digit ${path.dirname(name)} as ${path.basename(name)}`,
    }),
  )
  writeFileSync(path.join(target, 'metadata.jsonl'), lines.join('\n'))
  return target
}

async function audit(name: string, before: string, after: string, ...sets: string[]): Promise<OwnerAuditResult> {
  const out = path.join(home, name)
  // Drawn once and for all: of two models that learned nothing, an audit with a seed of its own accuses a few in a hundred.
  const small = ['--most', '16', '--views', '2', '--resamples', '300', '--seed', '3', '--out', out]
  const token = await rig.token({ tenantId, role: 'data_owner' })
  const { code, err } = await runKit(home, '--before', before, '--after', after, ...sets, ...small, '--token', token)
  expect([code, err.includes('refuses')]).toEqual([2, false])
  expect((await runKit(home, 'verify', out)).code).toBe(2)
  return OwnerAuditResult.parse(JSON.parse(readFileSync(path.join(out, 'result.json'), 'utf8')))
}

it('audits two versions that the platform serves, with the views that it states', async () => {
  const [before, after] = [await deploy(await tinyWeights(1)), await deploy(await tinyWeights(2))]
  const sets = ['--images', folders.forget, '--held-out', folders['held-out'], '--retain', folders.retain]
  const { report, plan, endpoints } = await audit('pictures', before, after, ...sets)
  expect(report.tests.find(({ id }) => id === 'A0-endpoint-integrity')?.outcome).toBe('met')
  expect(plan.views).toEqual({ strength: 0.5, flip: true, blur: 0 })
  expect(endpoints.before).toMatchObject({ url: before, representation: 'projection', dimension: 4 })
})

it('asks about texts where the model reads and every picture has one', async () => {
  const [before, after] = [await deploy(await tinyWeights(1, 'clip')), await deploy(await tinyWeights(2, 'clip'))]
  const [mine, other, kept] = [folders.forget, folders['held-out'], folders.retain].map(withTexts) as [
    string,
    string,
    string,
  ]
  const { report } = await audit('texts', before, after, '--images', mine, '--held-out', other, '--retain', kept)
  expect(report.tests.map(({ id }) => id)).toEqual(expect.arrayContaining(['A11-clip-alignment', 'A9-retrieval']))
  const page = readFileSync(path.join(home, 'texts', 'report.en.html'), 'utf8')
  expect(page.match(/<figure>\s*<img/g)).toHaveLength(12)
})
