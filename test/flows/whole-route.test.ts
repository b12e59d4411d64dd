import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import {
  answerErasure,
  createPlainView,
  findModel,
  listSignIns,
  readAudit,
  readErasure,
  readEvidence,
  runDemo,
  type DemoResult,
} from '@lethe/cli/demo'
import { AuditPolicy, sha256 } from '@lethe/domain'
import { parseOpening, parseTrustRoots, verifyBundle } from '@lethe/verifier'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest'
import { digitScenario } from '../kit/digit-scenario.js'
import { foundOnDisk, picturesByOwner } from '../kit/stored-pictures.js'
import { createSchemaCheck } from '../kit/evidence-schemas.js'
import { buildLethe, type LetheCommand } from '../kit/lethe-command.js'
import { joinAsDataOwner, makeStateDir, removeStateDir, startTestPlatform, type TestPlatform } from '../kit/platform.js'
import { contentIdsOf, leaksIn, readTenantEvidence } from '../kit/tenant-evidence.js'
import { evidenceIsTakenHome } from './evidence-taken-home.js'

const stateDir = makeStateDir('route')
const scenario = digitScenario()
let platform: TestPlatform
let first: DemoResult
let lethe: LetheCommand
const shown: string[] = []

const kindOf = (body: string): string => (JSON.parse(body) as { predicateType: string }).predicateType
const recordedOf = (body: string) =>
  (JSON.parse(body) as { predicate: { recorded: { requestEntry?: number } } }).predicate.recorded

/** `lethe subject`, as the privacy officer. */
async function subjectCommand(...args: readonly string[]) {
  const officer = (await listSignIns(stateDir, scenario)).find(({ role }) => role === 'privacy_officer')
  const before = process.env['LETHE_PASSWORD']
  process.env['LETHE_PASSWORD'] = officer?.password ?? ''
  try {
    return await lethe.call(['subject', ...args, '--gateway', platform.urls.gateway, '--email', officer?.email ?? ''])
  } finally {
    if (before === undefined) delete process.env['LETHE_PASSWORD']
    else process.env['LETHE_PASSWORD'] = before
  }
}

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
  ;[platform, lethe] = await Promise.all([startTestPlatform(stateDir), buildLethe()])
  first = await demonstrate()
}, 180_000)

afterAll(async () => {
  await platform.stop()
  lethe.remove()
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

  evidenceIsTakenHome({ lethe: () => lethe, platform: () => platform, demo: () => first, scenario, stateDir })

  it('is on record in statements that an independent validator finds in order, and that name nobody', async () => {
    const { as } = await platform.cast(scenario)
    const entries = await readTenantEvidence(as.privacy_officer)
    const bodies = entries.map(({ body }) => body)
    const faultsOf = createSchemaCheck()
    expect(bodies.flatMap(faultsOf)).toEqual([])
    expect(new Set(bodies.map(kindOf)).size).toBeGreaterThan(10)

    const contentIds = contentIdsOf(await scenario.dataset.build())
    const { forgetDigest } = await readErasure(as.privacy_officer, first.summary.request.id)
    const emails = (await listSignIns(stateDir, scenario)).map(({ email }) => email)
    expect(contentIds.length).toBeGreaterThan(100)
    expect(leaksIn(bodies, [...contentIds, forgetDigest, '"ada"', '"bob"', ...emails])).toEqual([])
    expect(bodies.join()).not.toContain(sha256('ada'))
    // Negative controls: planted ones are found.
    const [contentId = ''] = contentIds
    expect(faultsOf((bodies[0] ?? '').replace('"recorded"', '"pictures":1,"recorded"'))).not.toEqual([])
    expect(leaksIn([...bodies, `{"planted":"${contentId}"}`], contentIds)).toEqual([contentId])
  })

  it('numbers the entries of the request from 1 without a gap', async () => {
    const { as } = await platform.cast(scenario)
    const entries = (await readTenantEvidence(as.privacy_officer)).filter(
      ({ erasureRequestId }) => erasureRequestId === first.summary.request.id,
    )
    const numbers = entries.map(({ body }) => recordedOf(body).requestEntry)
    expect(numbers).toEqual(entries.map((_, index) => index + 1))
  })

  it('opens its commitments to the privacy officer, also when the pictures are erased', async () => {
    const file = path.join(stateDir, 'opening.json')
    const written = await subjectCommand('open', String(first.summary.request.number), '--out', file)
    expect([written.code, statSync(file).mode & 0o777]).toEqual([0, 0o600])
    const again = await subjectCommand('open', String(first.summary.request.number), '--out', file)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is there already')])
    const opening = parseOpening(await readFile(file, 'utf8'))
    const bytes = await readFile(first.summary.bundle.file)
    const trust = await parseTrustRoots(await readFile(first.summary.bundle.trust, 'utf8'))
    const checkOf = async (salt: Uint8Array) => {
      const { report } = await verifyBundle(bytes, { trust, at: new Date(), opening: { ...opening, salt } })
      return report.checks.find(({ id }) => id === 'opening')
    }
    expect(await checkOf(opening.salt)).toMatchObject({ findings: [] })
    expect((await checkOf(Buffer.alloc(32)))?.findings.length).toBeGreaterThan(0)
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
    const found = (of: string) => {
      const { pixels = [], contentIds = [] } = pictures.find(({ owner }) => owner === of) ?? {}
      return [pixels, contentIds].map((wanted) => foundOnDisk(path.join(stateDir, 'nats'), wanted))
    }
    const { as } = await platform.cast(scenario)
    const { state } = await readErasure(as.privacy_officer, first.summary.request.id)
    // Without a PASS nothing may be erased: the same look then finds them.
    expect(found('ada')).toEqual(state === 'FULFILLED' ? [0, 0] : [40, 40])
    expect(found('bob')).toEqual([40, 40])
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
    const kinds = (await readEvidence(cast.as.privacy_officer, request.id)).map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['audit-completed/v1', 'erasure-blocked/v1']))
  })

  it('does nothing twice: a second start finds the finished demonstration', async () => {
    const second = await demonstrate()
    expect(second.summary.request).toEqual(first.summary.request)
    expect(second.summary.rows).toEqual(first.summary.rows)
    expect(second.summary.stages).toEqual(first.summary.stages)
    expect(second.summary.evidence.entries).toBe(first.summary.evidence.entries)
  })

  it('shreds whom a closed request was about, and nobody whose request is open; every proof still verifies', async () => {
    const { file, trust } = first.summary.bundle
    const reader = { trust: await parseTrustRoots(await readFile(trust, 'utf8')), at: new Date() }
    const before = (await verifyBundle(await readFile(file), reader)).report.exitCode
    const unasked = await subjectCommand('shred', 'ada')
    expect([unasked.code, unasked.stderr]).toEqual([1, expect.stringContaining('--yes')])
    if (first.summary.verdict !== 'PASS') {
      const refused = await subjectCommand('shred', 'ada', '--yes')
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is open')])
      const { as } = await platform.cast(scenario)
      const input = { idempotencyKey: 'reject', erasureRequestId: first.summary.request.id, reason: 'Tried in vain.' }
      await as.privacy_officer.request(
        'mutation ($input: ErasureDecisionInput!) { rejectErasure(input: $input) { __typename } }',
        { input },
      )
    }
    const shredded = await subjectCommand('shred', 'ada', '--yes')
    expect([shredded.code, shredded.stdout]).toEqual([0, expect.stringContaining('The salt is destroyed')])
    const opened = await subjectCommand('open', String(first.summary.request.number), '-o', 'later.json')
    expect([opened.code, opened.stderr]).toEqual([1, expect.stringContaining('destroyed')])
    const stranger = await subjectCommand('shred', 'bob', '--yes')
    expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringContaining('is open')])
    for (const selection of [[], ['ada', '--owner', 'x'], ['nobody'], ['--owner', 'x']])
      expect((await subjectCommand('shred', ...selection, '--yes')).code).toBe(1)
    expect((await verifyBundle(await readFile(file), reader)).report.exitCode).toBe(before)
  })
})
