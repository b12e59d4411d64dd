import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import {
  answerErasure,
  createPlainView,
  findModel,
  readAudit,
  readErasure,
  readEvidence,
  runDemo,
  type DemoResult,
} from '@lethe/cli/demo'
import { AuditPolicy, sha256 } from '@lethe/domain'
import { parseTrustRoots, verifyBundle } from '@lethe/verifier'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest'
import { digitScenario } from '../kit/digit-scenario.js'
import { foundOnDisk, picturesByOwner } from '../kit/stored-pictures.js'
import { joinAsDataOwner, makeStateDir, removeStateDir, startTestPlatform, type TestPlatform } from '../kit/platform.js'

const stateDir = makeStateDir('route')
const scenario = digitScenario()
let platform: TestPlatform
let first: DemoResult
const shown: string[] = []

const demonstrate = () => {
  const out = new PassThrough()
  out.on('data', (chunk: Buffer) => shown.push(chunk.toString()))
  return runDemo({
    gatewayUrl: platform.urls.gateway,
    embeddingUrl: platform.urls.embedding,
    stateDir,
    backend: platform.facts.tensorflow.backend,
    admin: platform.facts.bootstrapAdmin,
    logPublicKey: platform.facts.logPublicKey,
    out,
    scenario,
  })
}

beforeAll(async () => {
  platform = await startTestPlatform(stateDir)
  first = await demonstrate()
}, 180_000)

afterAll(async () => {
  await platform.stop()
  removeStateDir(stateDir)
})

beforeEach(() => onTestFailed(() => console.error(shown.join(''), platform.logs())))

describe('from pictures to evidence, on handwritten digits', () => {
  it('passes every check that an outsider can make: proofs, clock, endpoint, isolation', () => {
    expect(first.summary.checks.filter(({ ok }) => !ok)).toEqual([])
    expect(first.summary.checks).toHaveLength(4)
  })

  it('leaves a bundle of its evidence that the verifier, with the operator’s keys, finds to be as the verdict says', async () => {
    const { file, digest, trust } = first.summary.bundle
    const bytes = await readFile(file)
    expect(sha256(bytes)).toBe(digest)
    const reader = { trust: await parseTrustRoots(await readFile(trust, 'utf8')), at: new Date() }
    const { report } = await verifyBundle(bytes, reader)
    const found = report.checks.flatMap(({ findings }) => findings.map(({ code }) => code))
    // Of a request whose audit did not pass nothing is tampered with; it is not over.
    if (first.summary.verdict === 'PASS') expect([report.exitCode, found]).toEqual([0, []])
    else expect([report.exitCode, report.checks.filter(({ outcome }) => outcome === 'tampered')]).toEqual([6, []])
    // Negative control: one byte of the archive, one other key.
    const changed = Uint8Array.from(bytes)
    changed[bytes.length >> 1] = (changed[bytes.length >> 1] as number) ^ 1
    expect((await verifyBundle(changed, reader)).report.exitCode).toBe(4)
  })

  it('puts each step on record, the plan and its policy before anything ran', async () => {
    const { as } = await platform.cast(scenario)
    const kinds = (await readEvidence(as.auditor, first.summary.request.id)).map(({ kind }) => kind)
    expect(kinds).toEqual(
      expect.arrayContaining([
        'erasure-requested/v1',
        'identity-verified/v1',
        'erasure-planned/v1',
        'erasure-approved/v1',
        'model-unlearned/v1',
        'audit-completed/v1',
      ]),
    )
    expect(kinds.filter((kind) => kind === 'erasure-approved/v1')).toHaveLength(2)
    expect(kinds.indexOf('erasure-planned/v1')).toBeLessThan(kinds.indexOf('model-unlearned/v1'))
  })

  it('lets the verdict decide: only PASS stops the clock and replaces the version that serves', async () => {
    const { as } = await platform.cast(scenario)
    const request = await readErasure(as.privacy_officer, first.summary.request.id)
    const model = await findModel(as.engineer, scenario.modelName)
    const audit = await readAudit(as.auditor, request.audits.at(-1)?.id ?? '')
    const passed = audit.verdict === 'PASS'
    expect(request).toMatchObject(
      passed ? { state: 'FULFILLED', clock: { state: 'MET' } } : { state: 'BLOCKED', clock: { state: 'RUNNING' } },
    )
    expect(model?.productionVersion?.id).toBe(passed ? audit.after.id : audit.before.id)
  })

  it('deletes the pictures from every store, down to the files on disk, and nobody else’s', async () => {
    const pictures = await picturesByOwner(await scenario.dataset.build(), scenario.dataset.imageSize)
    const found = (owner: string) =>
      foundOnDisk(path.join(stateDir, 'nats'), pictures.find((of) => of.owner === owner)?.pixels ?? [])
    const { as } = await platform.cast(scenario)
    const { state } = await readErasure(as.privacy_officer, first.summary.request.id)
    // Without a PASS nothing may be erased: the same look then finds them.
    expect(found('ada')).toBe(state === 'FULFILLED' ? 0 : 40)
    expect(found('bob')).toBe(40)
  })

  it('keeps the lineage: the version that forgot descends from the one that learned', async () => {
    const { as } = await platform.cast(scenario)
    const versions = (await findModel(as.engineer, scenario.modelName))?.versions ?? []
    const original = versions.find(({ origin }) => origin === 'pretrain')
    const unlearned = versions.find(({ origin }) => origin === 'unlearn')
    const compared = versions.find(({ origin }) => origin === 'comparison')
    expect(unlearned).toMatchObject({
      method: 'alignment-calibration',
      forgottenCount: 40,
      parent: { id: original?.id },
    })
    expect(compared).toMatchObject({ method: 'fine-tune' })
    expect(new Set([original, unlearned, compared].map((version) => version?.weightsDigest)).size).toBe(3)
    expect(original?.curve.at(-1)?.loss).toBeLessThan(original?.curve[0]?.loss ?? 0)
  })

  it('reports what was measured on every model, with intervals', () => {
    const { rows } = first.summary
    expect(rows.map(({ role }) => role)).toEqual(expect.arrayContaining(['before', 'after', 'baseline']))
    for (const { membershipAuc } of rows) expect(membershipAuc.interval).not.toBeNull()
    expect(shown.join('')).toContain(first.summary.sentence)
  })

  it('leaves the clock running and the old version serving when the audit cannot tell', async () => {
    const cast = await platform.cast(scenario)
    const bob = await joinAsDataOwner(platform, cast, 'bob')
    const before = (await findModel(cast.as.engineer, scenario.modelName))?.productionVersion
    // Forty pictures cannot show equivalence within a hundredth, whatever they show.
    const impossible = AuditPolicy.parse({ ...scenario.policy, aucMargin: 0.01 })
    const request = await answerErasure(
      { ...cast, as: { ...cast.as, data_owner: bob } },
      { ...scenario, name: 'impossible', forgetOwner: 'bob', comparisons: [], policy: impossible },
      createPlainView((line) => shown.push(line)),
    )
    expect(request).toMatchObject({
      state: 'BLOCKED',
      clock: { state: 'RUNNING' },
      audits: [{ verdict: 'INCONCLUSIVE' }],
    })
    expect((await findModel(cast.as.engineer, scenario.modelName))?.productionVersion).toEqual(before)
    const kinds = (await readEvidence(cast.as.auditor, request.id)).map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['audit-completed/v1', 'erasure-blocked/v1']))
  })

  it('does nothing twice: a second start finds the finished demonstration', async () => {
    const second = await demonstrate()
    expect(second.summary.request).toEqual(first.summary.request)
    expect(second.summary.rows).toEqual(first.summary.rows)
    expect(second.summary.stages).toEqual(first.summary.stages)
    expect(second.summary.evidence.entries).toBe(first.summary.evidence.entries)
  })
})
