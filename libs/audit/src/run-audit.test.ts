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
    const reference5 = findTest(report, 'A5-retrain-reference')
    expect(reference5).toMatchObject({ outcome: 'met', detail: expect.stringContaining('differ among') as string })
    expect(Math.abs(reference5?.effect.value ?? 1)).toBeLessThan(0.02)
    // Two retrained models say little: Student's interval is wide, and says so.
    const [low, high] = reference5?.parts?.[0]?.effect.interval ?? [0, 0]
    expect(low).toBeLessThan(report.models[3]?.membershipAuc.value ?? 0)
    expect(high).toBeGreaterThan(report.models[4]?.membershipAuc.value ?? 1)
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
