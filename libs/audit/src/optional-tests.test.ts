import { AuditReport, type AuditTest } from '@lethe/domain'
import { parseSafetensors } from '@lethe/safetensors'
import { describe, expect, it } from 'vitest'
import type { AuditOptions, Embed } from './audited-model.js'
import { shareAlpha } from './battery/membership-family.js'
import type { TestContext } from './battery/test-context.js'
import { runAudit } from './run-audit.js'
import { matrixMeans } from './statistics/bootstrap.js'
import { toyAudit, toyWorld } from './toy-world.fixture.js'

const world = toyWorld()
const { original, retrained } = world
/** Never trained on: the other half of pairs whose coin chose the forget set. */
const other = toyWorld({ seed: 5, forget: 96 })
const coins = { twins: { members: world.forget, twins: other.forget } }
const f32Of = (tensor: { data: unknown } | undefined) => tensor?.data as Float32Array
const findTest = (report: AuditReport, id: string) => report.tests.find((test) => test.id === id)
const auditWith = async (after: Embed, changes: Partial<AuditOptions>) => {
  const { report } = await runAudit(toyAudit(world, original, after, changes))
  expect(AuditReport.parse(report)).toEqual(report)
  return report
}

describe('an audit with randomised twins', () => {
  it('has an exact p of its own, and calls an unchanged model residual by it', async () => {
    const forgot = await auditWith(retrained, coins)
    expect(findTest(forgot, 'A10-randomised-twins')?.p).toBeGreaterThan(0.05)
    expect(findTest(forgot, 'A7-one-run-epsilon')).toMatchObject({ effect: { value: 0 } })
    expect(forgot.verdict).toBe('PASS')
    const kept = await auditWith(original, coins)
    expect(findTest(kept, 'A10-randomised-twins')?.p).toBeLessThan(1e-6)
    expect(findTest(kept, 'A7-one-run-epsilon')?.effect.value).toBeGreaterThan(0.2)
    expect(kept.verdict).toBe('RESIDUAL')
  })

  it('asks canaries where there are some, and refuses twins without a partner', async () => {
    const canaries = { included: world.forget, excluded: other.forget }
    const kept = await auditWith(original, { canaries })
    expect(findTest(kept, 'A7-one-run-epsilon')).toMatchObject({ outcome: 'not-met' })
    expect(findTest(kept, 'A10-randomised-twins')).toBeUndefined()
    const lonely = { members: world.forget, twins: world.heldOut }
    await expect(auditWith(retrained, { twins: lonely })).rejects.toMatchObject({ field: 'twins' })
  })
})

describe('tests that share one alpha', () => {
  it('accuse by themselves no longer where all of them together would too often', () => {
    const accusing = { id: 'A10-randomised-twins', outcome: 'not-met' } as AuditTest
    const contextWith = (p: number): TestContext =>
      ({
        after: { auc: { auc: 0.5, standardError: 0.03 }, witnesses: {} },
        policy: { alpha: 0.05 },
        furtherAccusations: [
          ['A10-randomised-twins', p],
          ['A7-one-run-epsilon', 0.6],
        ],
      }) as unknown as TestContext
    expect(shareAlpha(accusing, contextWith(0.04)).outcome).toBe('inconclusive')
    expect(shareAlpha(accusing, contextWith(0.01)).outcome).toBe('not-met')
    expect(shareAlpha({ ...accusing, outcome: 'met' }, contextWith(0.04)).outcome).toBe('met')
    expect(shareAlpha({ ...accusing, id: 'A8-recovery' }, contextWith(0.04)).outcome).toBe('not-met')
  })
})

describe('an audit of a model that reads', () => {
  const audit = toyAudit(world, original, retrained)
  const captioned = (name: 'forget' | 'heldOut' | 'retain') => ({
    ...audit[name],
    captions: Array.from({ length: audit[name].images.count }, (_, k) => `${name} ${k}`),
  })
  const sets = { forget: captioned('forget'), heldOut: captioned('heldOut'), retain: captioned('retain') }
  /** A text says exactly what its picture shows, so what the pictures' side remembers decides. */
  const embedTexts = async (texts: readonly string[]) => {
    const rows = await Promise.all(
      texts.map((text) => {
        const [name, k] = text.split(' ') as ['forget' | 'heldOut' | 'retain', string]
        const { data } = sets[name].images
        return retrained(Float32Array.from(data.subarray(12 * Number(k), 12 * Number(k) + 12), (byte) => byte / 255))
      }),
    )
    return Float32Array.from(rows.flatMap((row) => [...row]))
  }
  const reading = (embed: Embed, role: 'before' | 'after') => ({ ...audit[role], embed, embedTexts })

  it('asks how pictures agree with their texts, and whether retrieval stays', async () => {
    const models = { before: reading(original, 'before'), after: reading(retrained, 'after') }
    const report = await auditWith(retrained, { ...sets, ...models })
    expect(findTest(report, 'A11-clip-alignment')).toMatchObject({ outcome: 'met', optimisedFor: true })
    expect(findTest(report, 'A9-retrieval')?.outcome).toBe('met')
    expect(report.verdict).toBe('PASS')
    const { matrices } = await runAudit(toyAudit(world, original, retrained, { ...sets, ...models }))
    const { tensors } = parseSafetensors(matrices)
    expect(tensors.get('forget.texts.gap')?.shape).toEqual([96, 96])
    expect(matrixMeans(f32Of(tensors.get('forget.texts.gap')), 96).diagonal).toBeGreaterThan(
      matrixMeans(f32Of(tensors.get('held-out.texts.gap')), 96).diagonal,
    )
    const same = await auditWith(original, { ...sets, ...models, after: reading(original, 'after') })
    expect(findTest(same, 'A11-clip-alignment')?.outcome).toBe('not-met')
  })

  it('does not pass when texts are not answered, or when retrieval is gone', async () => {
    const before = reading(original, 'before')
    const mute = {
      ...reading(retrained, 'after'),
      embedTexts: async (texts: readonly string[]) => new Float32Array(12 * texts.length),
    }
    const unanswered = await auditWith(retrained, { ...sets, before, after: mute })
    expect(unanswered.verdict).toBe('INCONCLUSIVE')
    expect(findTest(unanswered, 'A11-clip-alignment')?.detail).toContain('not answered')
    const garbled = {
      ...reading(retrained, 'after'),
      embedTexts: async (texts: readonly string[]) => (await embedTexts(texts)).reverse(),
    }
    const lost = await auditWith(retrained, { ...sets, before, after: garbled })
    expect(lost.reasons.map(({ code }) => code)).toContain('UTILITY_NOT_KEPT')
  })

  it('leaves texts aside where one model does not read or a set has none', async () => {
    const blind = await auditWith(retrained, { ...sets, before: reading(original, 'before') })
    expect(findTest(blind, 'A11-clip-alignment')).toBeUndefined()
    const short = { ...sets.forget, captions: ['one'] }
    await expect(auditWith(retrained, { ...sets, forget: short })).rejects.toMatchObject({ field: 'forget.captions' })
  })
})
