import { AuditPolicy, AuditReport, type Progress } from '@lethe/domain'
import { parseSafetensors } from '@lethe/safetensors'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { AuditOptions, Embed } from './audited-model.js'
import { runAudit } from './run-audit.js'
import { toyAudit, toyWorld } from './toy-world.fixture.js'

const world = toyWorld()
const { original, retrained, overForgotten } = world

const verdictOf = async (before: Embed, after: Embed, changes: Partial<AuditOptions> = {}) => {
  const { report } = await runAudit(toyAudit(world, before, after, changes))
  return { verdict: report.verdict, codes: report.reasons.map(({ code }) => code), report }
}

const findTest = (report: AuditReport, id: string) => report.tests.find((test) => test.id === id)

describe('controls that the auditor must survive', () => {
  it('passes a model that never saw the forget set, where the one before remembered it', async () => {
    const { verdict, codes, report } = await verdictOf(original, retrained)
    expect(codes).toEqual(['EQUIVALENCE_SHOWN'])
    expect(verdict).toBe('PASS')
    expect(report.models[0]?.membershipAuc.value).toBeGreaterThan(0.65)
    expect(findTest(report, 'A2-difference-in-differences')).toMatchObject({ outcome: 'met', optimisedFor: true })
  })

  it('calls an unchanged model residual', async () => {
    const { verdict, codes, report } = await verdictOf(original, original)
    expect(verdict).toBe('RESIDUAL')
    expect(codes[0]).toBe('RESIDUAL_MEMBERSHIP')
    expect(findTest(report, 'A1-forgetting-score')?.effect.value).toBe(0)
    expect(findTest(report, 'A2-difference-in-differences')?.outcome).toBe('not-met')
  })

  it('calls a model that forgot another set residual', async () => {
    const other = world.remembering([world.forget])
    expect((await verdictOf(original, other)).verdict).toBe('RESIDUAL')
  })

  it('calls an AUC far below one half over-forgotten, however large the forgetting score', async () => {
    const { verdict, report } = await verdictOf(original, overForgotten)
    expect(verdict).toBe('OVER_FORGOTTEN')
    expect(findTest(report, 'A4-residual-membership')?.effect.value).toBeLessThan(0.4)
    expect(findTest(report, 'A2-difference-in-differences')?.outcome).toBe('met')
  })

  it('does not pass a model whose outputs drown in noise', async () => {
    const drowned: Embed = async (images) =>
      (await retrained(images)).map((value, k) => value + 3 * Math.sin(1e5 * (images[k] as number)))
    const { verdict, codes } = await verdictOf(original, drowned)
    expect(verdict).not.toBe('PASS')
    expect(codes).toContain('UTILITY_NOT_KEPT')
  })

  it('finds nothing to forget where the model before never saw the pictures', async () => {
    const { verdict, codes } = await verdictOf(retrained, retrained)
    expect(verdict).toBe('INCONCLUSIVE')
    expect(codes).toEqual(['NOTHING_TO_FORGET'])
  })

  it('passes a retrained model in most worlds and calls none residual', async () => {
    const verdicts: string[] = []
    for (let seed = 10; seed < 22; seed++) {
      const other = toyWorld({ seed, forget: 160, heldOut: 400, retain: 60 })
      verdicts.push((await runAudit(toyAudit(other, other.original, other.retrained))).report.verdict)
    }
    expect(verdicts.filter((verdict) => verdict === 'PASS').length).toBeGreaterThanOrEqual(10)
  })
})

describe('what an endpoint may do', () => {
  let calls = 0
  const broken: [string, Embed, RegExp][] = [
    ['answers differently each time', async (images) => (await retrained(images)).map((value) => value + 1e-3 * Math.sin(calls++)), /identical questions/],
    ['answers with what is no number', async (images) => (await retrained(images)).map((value, k) => (k === 5 ? Number.NaN : value)), /not finite/],
    ['answers with infinity', async (images) => (await retrained(images)).fill(Number.POSITIVE_INFINITY), /not finite/],
    ['answers with too few numbers', async (images) => (await retrained(images)).subarray(1), /numbers came/],
    ['answers nothing', () => Promise.resolve(new Float32Array(0)), /numbers came/],
    ['changes the length of its embeddings', async (images) => (images.length > 12 * 100 ? await retrained(images) : (await retrained(images)).subarray(0, images.length / 2)), /length/],
    ['gives every picture one embedding', (images) => Promise.resolve(new Float32Array(images.length).fill(1)), /same embedding/],
    ['lets pictures depend on what stands first', async (images) => (await retrained(images)).map((value) => value + (images[0] as number)), /order/],
  ] // prettier-ignore
  it.each(broken)(
    'one that %s is inconclusive, with the reason, whichever side it serves',
    async (_, endpoint, reason) => {
      for (const [before, after] of [
        [original, endpoint],
        [endpoint, retrained],
      ] as const) {
        // prettier-ignore
        const { verdict, report } = await verdictOf(before, after)
        expect(verdict).toBe('INCONCLUSIVE')
        expect(report.reasons[0]?.code).toBe('ENDPOINT_NOT_INTACT')
        expect(report.reasons[0]?.message).toMatch(reason)
        expect(AuditReport.parse(report)).toEqual(report)
      }
    },
  )

  it('one that refuses to answer ends the audit with its own error', async () => {
    const refusing: Embed = () => Promise.reject(new Error('503'))
    await expect(runAudit(toyAudit(world, original, refusing))).rejects.toThrow('503')
  })
})

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

  it('without labels utility is not applicable, said so, and no obstacle', async () => {
    const unlabelled = { images: world.retain, labels: null }
    const { verdict, report } = await verdictOf(original, retrained, { retain: unlabelled })
    expect(verdict).toBe('PASS')
    expect(findTest(report, 'A9-utility')).toMatchObject({
      outcome: 'informative',
      detail: expect.stringContaining('Not applicable') as string,
    })
    expect(report.models.every(({ knnAccuracy }) => knnAccuracy === null)).toBe(true)
    expect(report.limits).toContain('utility-not-measured')
  })

  it('a loss of utility beyond the margin is not a pass', async () => {
    const audit = toyAudit(world, original, retrained)
    const scrambled: Embed = async (images) =>
      (await retrained(images)).map((_, k) => Math.sin(1e5 * (images[k] as number)))
    const { report } = await runAudit({ ...audit, after: { ...audit.after, embedFeatures: scrambled } })
    expect(report.verdict).toBe('INCONCLUSIVE')
    expect(report.reasons.map(({ code }) => code)).toEqual(['UTILITY_NOT_KEPT'])
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

describe('the report', () => {
  const reference = (label: string, role: 'baseline' | 'retrain', embed: Embed) =>
    ({ label, role, method: role === 'retrain' ? 'retrain' : 'fine-tune', embed }) as const

  it('repeats itself to the byte, parses as the contract, and names its matrices by digest', async () => {
    const audit = () => runAudit(toyAudit(world, original, retrained))
    const [first, second] = [await audit(), await audit()]
    expect(second).toEqual(first)
    expect(AuditReport.parse(JSON.parse(JSON.stringify(first.report)))).toEqual(first.report)
    expect(createHash('sha256').update(first.matrices).digest('hex')).toBe(first.report.matrices.digest)
    const { tensors } = parseSafetensors(first.matrices)
    expect(tensors.get('forget.gap')?.shape).toEqual([96, 96])
    expect(tensors.get('scores.after-after.held-out')?.shape).toEqual([400])
    const [before, after, gap] = ['before', 'after', 'gap'].map((name) => tensors.get(`forget.${name}`)?.data)
    gap?.forEach((value, k) => expect(value).toBeCloseTo((before?.[k] ?? 0) - (after?.[k] ?? 0), 5))
  })

  it('shows baselines and retrained models beside, with the retrains’ own spread', async () => {
    const again = world.remembering([world.retain, world.retain])
    const references = [reference('fine-tune', 'baseline', original), reference('retrain 1', 'retrain', retrained), reference('retrain 2', 'retrain', again)] // prettier-ignore
    const { report } = await verdictOf(original, retrained, { references })
    expect(report.models.map(({ label }) => label)).toEqual(['before', 'after', 'fine-tune', 'retrain 1', 'retrain 2'])
    expect(findTest(report, 'A5-retrain-reference')).toMatchObject({
      outcome: 'informative',
      effect: { value: 0, interval: [0, 0] },
      detail: expect.stringContaining('differ among themselves') as string,
    })
    expect(report.limits).not.toContain('no-retrain-reference')
  })

  it('marks what the method optimised, and nothing for fine-tuning', async () => {
    const optimised = async (method: AuditOptions['method']) =>
      (await verdictOf(original, retrained, { method })).report.tests
        .filter((test) => test.optimisedFor)
        .map(({ id }) => id)
    expect(await optimised('alignment-calibration')).toEqual([
      'A1-forgetting-score',
      'A2-difference-in-differences',
      'A3-alignment-gap',
      'A4-residual-membership',
    ])
    expect(await optimised('fine-tune')).toEqual([])
  })

  it('counts every sample once in each histogram', async () => {
    const { report } = await verdictOf(original, retrained)
    for (const { series, counts, edges } of report.histograms) {
      expect(edges.length).toBe(counts.length + 1)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(series.startsWith('forget') ? 96 : 400)
    }
  })

  it('progresses to 1 and stops at an abort', async () => {
    const seen: Progress[] = []
    await runAudit(toyAudit(world, original, retrained, { onProgress: (progress) => seen.push(progress) }))
    expect(seen.at(-1)?.fraction).toBe(1)
    expect(seen.map(({ fraction }) => fraction)).toEqual(
      [...seen.map(({ fraction }) => fraction)].sort((a, b) => a - b),
    )
    const aborted = toyAudit(world, original, retrained, { signal: AbortSignal.abort(new Error('cancelled')) })
    await expect(runAudit(aborted)).rejects.toThrow('cancelled')
  })

  it('depends on the policy it was frozen with', async () => {
    const policy = AuditPolicy.parse({ version: 1, views: 5, resamples: 200, aucMargin: 0.02, utilityMargin: 0.15 })
    const { verdict, codes } = await verdictOf(original, retrained, { policy })
    expect(verdict).toBe('INCONCLUSIVE')
    expect(codes).toContain('TOO_FEW_IMAGES')
  })
})
