import { AuditPolicy, AuditReport, selectImages } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { AuditOptions, Embed } from './audited-model.js'
import { runAudit } from './run-audit.js'
import { toyAudit, toyWorld } from './toy-world.fixture.js'

const world = toyWorld()
const { original, retrained } = world

const verdictOf = async (before: Embed, after: Embed, changes: Partial<AuditOptions> = {}) => {
  const { report } = await runAudit(toyAudit(world, before, after, changes))
  return { verdict: report.verdict, codes: report.reasons.map(({ code }) => code), report }
}

const findTest = (report: AuditReport, id: string) => report.tests.find((test) => test.id === id)

describe('what the sets may be', () => {
  it('too few pictures are inconclusive and the smallest sufficient number is named', async () => {
    const small = toyWorld({ forget: 8, heldOut: 500 })
    const { report } = await runAudit(toyAudit(small, small.original, small.retrained))
    expect(report.verdict).toBe('INCONCLUSIVE')
    const reason = report.reasons.find(({ code }) => code === 'TOO_FEW_IMAGES')
    expect(reason?.message).toContain(` ${report.requiredForgetSize} are needed`)
    expect(report.requiredForgetSize).toBeGreaterThan(70)
    expect(report.requiredForgetSize).toBeLessThan(100)
  })

  it('two of each are audited without a crash', async () => {
    const tiny = toyWorld({ forget: 2, heldOut: 2, retain: 2 })
    const { report } = await runAudit(toyAudit(tiny, tiny.original, tiny.retrained))
    expect(report.verdict).toBe('INCONCLUSIVE')
    expect(AuditReport.parse(report)).toEqual(report)
  })

  it('a forget set that pixels alone tell from the held-out set is inconclusive', async () => {
    const skewed = toyWorld({ heldOutShift: 25 })
    const { report } = await runAudit(toyAudit(skewed, skewed.original, skewed.retrained))
    expect(report.verdict).toBe('INCONCLUSIVE')
    expect(report.reasons[0]?.code).toBe('BLIND_CONTROL_FAILED')
  })

  it('without labels, one view of a held-out picture must still find the other', async () => {
    const unlabelled = { images: world.retain, labels: null }
    const { verdict, report } = await verdictOf(original, retrained, { retain: unlabelled })
    expect(verdict).toBe('PASS')
    expect(findTest(report, 'A9-utility')).toMatchObject({
      outcome: 'met',
      detail: expect.stringContaining('there are no labels') as string,
    })
    expect(report.models.every(({ knnAccuracy }) => knnAccuracy === null)).toBe(true)
    expect(report.limits).toContain('utility-without-labels')
    const blurred: Embed = async (images) => (await retrained(images)).map((value, k) => (k % 12 < 9 ? 0.3 : value))
    const worse = await verdictOf(original, blurred, { retain: unlabelled })
    expect(worse.codes).toContain('UTILITY_NOT_KEPT')
  })

  it('pictures in two sets, or all but equal, are no ground for a verdict, and are counted', async () => {
    const twice = selectImages(world.forget, [3, 4, 5])
    // A re-encoding moves every byte a little.
    twice.data.forEach((byte, index) => (twice.data[index] = byte + (index % 3) - 1))
    const joined = {
      ...world.heldOut,
      count: world.heldOut.count + 3,
      data: Uint8Array.from([...world.heldOut.data, ...twice.data]),
    }
    const overlapping = await verdictOf(original, retrained, { heldOut: { images: joined, labels: null } })
    expect(overlapping).toMatchObject({ verdict: 'INCONCLUSIVE', codes: ['SETS_OVERLAP'] })
    expect(overlapping.report.overlap).toEqual({ heldOut: 3, retain: 0 })
    expect(overlapping.report.reasons[0]?.message).toContain('3 pictures')
    const kept = { ...world.retain, count: 101, data: Uint8Array.from([...world.retain.data, ...world.forget.data.subarray(0, 12)]) } // prettier-ignore
    const retained = await verdictOf(original, retrained, { retain: { images: kept, labels: null } })
    expect(retained).toMatchObject({ verdict: 'INCONCLUSIVE', codes: ['FORGOTTEN_BUT_RETAINED'] })
  })

  it('a policy’s own minimum sizes and required tests are kept', async () => {
    const base = { version: 1, views: 5, resamples: 200, utilityMargin: 0.15 } as const
    const strict = AuditPolicy.parse({ ...base, minimumForgetSize: 97, minimumHeldOutSize: 401 })
    const small = await verdictOf(original, retrained, { policy: strict })
    expect(small.codes).toEqual(['TOO_FEW_IMAGES'])
    const demanding = AuditPolicy.parse({ ...base, requiredTests: ['A10-randomised-twins', 'A1-forgetting-score'] })
    const unmet = await verdictOf(original, retrained, { policy: demanding })
    expect(unmet).toMatchObject({ verdict: 'INCONCLUSIVE', codes: ['REQUIRED_TEST_NOT_MET'] })
    expect(unmet.report.reasons[0]?.message).toContain('A10 randomised twins')
    expect(unmet.report.applied).toMatchObject({ requiredTests: demanding.requiredTests, minimumForgetSize: 10 })
  })

  it('a loss of utility beyond the margin is not a pass', async () => {
    const audit = toyAudit(world, original, retrained)
    const scrambled: Embed = async (images) =>
      (await retrained(images)).map((_, k) => Math.sin(1e5 * (images[k] as number)))
    const { report } = await runAudit({ ...audit, after: { ...audit.after, embedFeatures: scrambled } })
    expect(report.verdict).toBe('INCONCLUSIVE')
    expect(report.reasons.map(({ code }) => code)).toContain('UTILITY_NOT_KEPT')
  })

  it('empty sets, labels of another length and labels taken twice are refused', async () => {
    const audit = toyAudit(world, original, retrained)
    const empty = { images: { ...world.forget, count: 0, data: new Uint8Array(0) }, labels: null }
    await expect(runAudit({ ...audit, forget: empty })).rejects.toMatchObject({
      code: 'AUDIT_SET_INVALID',
      field: 'forget',
    })
    const mislabelled = { images: world.heldOut, labels: new Int32Array(3) }
    await expect(runAudit({ ...audit, heldOut: mislabelled })).rejects.toMatchObject({ field: 'heldOut.labels' })
    await expect(runAudit({ ...audit, references: [audit.after] })).rejects.toMatchObject({ code: 'AUDIT_LABEL_TAKEN' })
  })
})
