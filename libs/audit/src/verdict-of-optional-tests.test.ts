import { AuditPolicy, completePolicy, type AuditTest, type AuditTestId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { judge, type VerdictInput } from './verdict.js'

const test = (id: AuditTestId, outcome: AuditTest['outcome'], changes: Partial<AuditTest> = {}): AuditTest => ({
  id,
  optimisedFor: false,
  effect: { value: 0.5, interval: null },
  p: null,
  power: 0.9,
  outcome,
  detail: `Detail of ${id}.`,
  ...changes,
})

const grounds = (['A0-endpoint-integrity', 'A2-difference-in-differences', 'A4-residual-membership', 'A9-utility', 'blind-control'] as const).map((id) => test(id, 'met')) // prettier-ignore

const judged = (further: readonly AuditTest[], changes: Partial<VerdictInput> = {}) => {
  const { verdict, reasons } = judge({
    tests: [...grounds, ...further],
    membershipBefore: { value: 0.7, interval: [0.65, 0.75] },
    requiredForgetSize: 90,
    sizes: { forget: 100, heldOut: 500, retain: 400 },
    overlap: { heldOut: 0, retain: 0 },
    policy: completePolicy(AuditPolicy.parse({ version: 1 })),
    ...changes,
  })
  return `${verdict} ${reasons.map(({ code }) => code).join(' ')}`
}

describe('tests that ask only where they can', () => {
  const above = { effect: { value: 0.7, interval: null } }
  const below = { effect: { value: 0.3, interval: null } }
  it.each([
    ['twins that win their coin too often', test('A10-randomised-twins', 'not-met', above), 'RESIDUAL RESIDUAL_IN_TWINS'],
    ['twins that lose it too often', test('A10-randomised-twins', 'not-met', below), 'OVER_FORGOTTEN OVER_FORGOTTEN'],
    ['pairs that agree too well', test('A11-clip-alignment', 'not-met', above), 'RESIDUAL RESIDUAL_IN_PAIRS'],
    ['shadows that know their samples', test('A6-u-lira', 'not-met', above), 'RESIDUAL RESIDUAL_BY_SHADOWS'],
    ['an ε above 0', test('A7-one-run-epsilon', 'not-met'), 'RESIDUAL RESIDUAL_IN_CANARIES'],
    ['an ε that shunning betrays', test('A7-one-run-epsilon', 'not-met', { code: 'MEMBERS_SCORE_LOWER' }), 'OVER_FORGOTTEN OVER_FORGOTTEN'],
    ['memory that comes back', test('A8-recovery', 'not-met'), 'RESIDUAL MEMORY_COMES_BACK'],
    ['pairs that show no equivalence', test('A11-clip-alignment', 'inconclusive'), 'INCONCLUSIVE EQUIVALENCE_NOT_SHOWN'],
    ['pairs that were never remembered', test('A11-clip-alignment', 'inconclusive', { code: 'NOTHING_REMEMBERED' }), 'PASS EQUIVALENCE_SHOWN'],
  ] satisfies [string, AuditTest, string][])('count: %s', (_, further, expected) => {
    expect(judged([further])).toBe(expected)
  }) // prettier-ignore

  it('a model that remembered pairs had something to forget, whatever its pictures alone show', () => {
    const before = { membershipBefore: { value: 0.52, interval: [0.48, 0.56] as [number, number] } }
    expect(judged([], before)).toBe('INCONCLUSIVE NOTHING_TO_FORGET')
    expect(judged([test('A11-clip-alignment', 'met')], before)).toBe('PASS EQUIVALENCE_SHOWN')
  })

  it('recovery testifies where the loss contained all other tests', () => {
    const optimised = grounds.map((ground) => ({ ...ground, optimisedFor: ground.id === 'A4-residual-membership' }))
    expect(judged([], { tests: optimised })).toBe('INCONCLUSIVE NO_INDEPENDENT_TEST')
    expect(judged([], { tests: [...optimised, test('A8-recovery', 'met')] })).toBe('PASS EQUIVALENCE_SHOWN')
  })
})
