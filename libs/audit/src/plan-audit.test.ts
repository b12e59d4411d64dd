import { AuditPolicy } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { Embed } from './audited-model.js'
import { planAudit } from './plan-audit.js'
import { runAudit } from './run-audit.js'
import { toyAudit, toyWorld } from './toy-world.fixture.js'

const policy = AuditPolicy.parse({ version: 1 })
const size = (count: number) => ({ count, height: 32, width: 32, channels: 3 })
const plan = (forget: number, heldOut: number, changes: Partial<typeof policy> = {}) =>
  planAudit({
    sets: { forget: size(forget), heldOut: size(heldOut), retain: size(400) },
    hasLabels: true,
    models: [
      { label: 'before', role: 'before', hasFeatures: true, isAttested: false },
      { label: 'after', role: 'after', hasFeatures: false, isAttested: false },
    ],
    policy: { ...policy, ...changes },
  })

describe('planAudit', () => {
  it.each([
    ['with labels, features and retained pictures', 100, true, true],
    ['with nothing but the two sets and one representation', 0, false, false],
  ])('foretells every question that the audit asks, %s', async (_, retain, hasLabels, hasFeatures) => {
    const world = toyWorld({ retain })
    const counted: Record<string, { pictures: number; requests: number }> = {}
    const counting =
      (label: string, embed: Embed): Embed =>
      (images) => {
        const count = (counted[label] ??= { pictures: 0, requests: 0 })
        count.pictures += images.length / 12
        count.requests += 1
        return embed(images)
      }
    const audit = toyAudit(world, world.original, world.retrained)
    const count = (model: typeof audit.before) => ({
      ...model,
      embed: counting(model.label, model.embed),
      embedFeatures: hasFeatures && model.embedFeatures ? counting(model.label, model.embedFeatures) : undefined,
    })
    const unlabelled = (set: typeof audit.retain) => (hasLabels ? set : { ...set, labels: null })
    const options = {
      ...audit,
      before: count(audit.before),
      after: count(audit.after),
      references: [{ ...count({ ...audit.after, label: 'retrain' }), role: 'retrain' as const }],
      heldOut: unlabelled(audit.heldOut),
      retain: unlabelled(audit.retain),
    }
    const { report } = await runAudit(options)
    expect(report.tests[0]?.outcome).toBe('met')
    const models = [options.before, options.after, ...options.references]
    const planned = planAudit({
      sets: { forget: world.forget, heldOut: world.heldOut, retain: world.retain },
      hasLabels,
      models: models.map(({ label, role }) => ({ label, role, hasFeatures, isAttested: false })),
      policy: audit.policy,
    })
    for (const { label, pictures, requests } of planned.endpoints)
      expect(counted[label]).toEqual({ pictures, requests })
    expect(report.asked?.map(({ pictures }) => pictures)).toEqual(planned.endpoints.map(({ pictures }) => pictures))
  })

  it('says that forty pictures show gross failures only, and how many would do', () => {
    const small = plan(40, 500)
    expect(small.canPass).toBe(false)
    expect(small.sentences.join(' ')).toMatch(/only gross failures can be seen/)
    expect(small.requiredForgetSize).toBeGreaterThan(80)
    expect(small.sentences.at(-1)).toContain(`${small.requiredForgetSize} forgotten`)
    // Two-sided and over three scores: more than the 411, 102 and 25 of a single one-sided test.
    const needed = small.detects.map((effect) => effect.requiredPerSet)
    expect(needed[0]).toBeGreaterThan(600)
    expect(needed[2]).toBeLessThan(50)
    const large = plan(200, 500)
    expect(large.canPass).toBe(true)
    expect(large.smallestMargin).toBeLessThan(policy.aucMargin)
    expect(large.endpoints[0]?.pictures).toBeGreaterThan(large.endpoints[1]?.pictures ?? 0)
    expect(large.endpoints[1]?.bytesSent).toBe((large.endpoints[1]?.pictures ?? 0) * 32 * 32 * 3 * 4)
  })

  it('says what no number of forgotten pictures can mend', () => {
    const few = plan(1000, 30)
    expect(few).toMatchObject({ canPass: false, requiredForgetSize: null })
    expect(few.sentences.at(-1)).toMatch(/held-out pictures/)
    expect(plan(200, 500, { minimumForgetSize: 300 })).toMatchObject({ canPass: false, requiredForgetSize: 300 })
  })
})
