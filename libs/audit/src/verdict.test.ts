import { AuditPolicy, completePolicy, type AuditTest, type AuditTestId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { judge, type VerdictInput } from './verdict.js'

const test = (id: AuditTestId, outcome: AuditTest['outcome'], changes: Partial<AuditTest> = {}): AuditTest => ({
  id,
  optimisedFor: false,
  effect: { value: 0.5, interval: [0.47, 0.53] },
  p: null,
  power: null,
  outcome,
  detail: `Detail of ${id}.`,
  ...changes,
})

const grounds: readonly AuditTest[] = [
  test('A0-endpoint-integrity', 'met'),
  test('A4-residual-membership', 'met', { power: 0.9 }),
  test('A9-utility', 'met'),
  test('A2-difference-in-differences', 'met'),
  test('blind-control', 'met'),
]
const input = (changes: Partial<VerdictInput> = {}): VerdictInput => ({
  tests: grounds,
  membershipBefore: { value: 0.7, interval: [0.65, 0.75] },
  requiredForgetSize: 90,
  sizes: { forget: 100, heldOut: 500, retain: 400 },
  overlap: { heldOut: 0, retain: 0 },
  policy: completePolicy(AuditPolicy.parse({ version: 1 })),
  ...changes,
})
const without = (id: AuditTestId) => grounds.filter((ground) => ground.id !== id)
const having = (changed: AuditTest) => [...without(changed.id), changed]

describe('judge', () => {
  it('passes where every ground is given', () => {
    expect(judge(input())).toMatchObject({ verdict: 'PASS', reasons: [{ code: 'EQUIVALENCE_SHOWN' }] })
  })

  it.each(grounds.map(({ id }) => id))('is inconclusive, and says a reason, where %s is missing', (id) => {
    const { verdict, reasons } = judge(input({ tests: without(id) }))
    expect(verdict).toBe('INCONCLUSIVE')
    expect(reasons[0]?.message).not.toBe('')
  })

  it.each([
    ['an endpoint that is not intact', { tests: having(test('A0-endpoint-integrity', 'not-met')) }, 'ENDPOINT_NOT_INTACT'],
    ['a blind control that sees a difference', { tests: having(test('blind-control', 'not-met')) }, 'BLIND_CONTROL_FAILED'],
    ['a blind control that could not be run', { tests: having(test('blind-control', 'inconclusive')) }, 'BLIND_CONTROL_NOT_RUN'],
    ['power below the policy’s', { tests: having(test('A4-residual-membership', 'met', { power: 0.79 })) }, 'TOO_FEW_IMAGES'],
    ['a model before that remembers nothing', { membershipBefore: { value: 0.52, interval: [0.5, 0.54] } }, 'NOTHING_TO_FORGET'],
    ['a model before without an interval', { membershipBefore: { value: 0.7, interval: null } }, 'NOTHING_TO_FORGET'],
    ['equivalence that was not shown', { tests: having(test('A4-residual-membership', 'inconclusive', { power: 0.9 })) }, 'EQUIVALENCE_NOT_SHOWN'],
    ['utility that was lost', { tests: having(test('A9-utility', 'not-met')) }, 'UTILITY_NOT_KEPT'],
    ['utility that is uncertain', { tests: having(test('A9-utility', 'inconclusive')) }, 'UTILITY_NOT_KEPT'],
    ['utility that nobody measured', { tests: having(test('A9-utility', 'informative')) }, 'UTILITY_NOT_KEPT'],
    ['retrieval that was lost', { tests: having(test('A9-retrieval', 'not-met')) }, 'UTILITY_NOT_KEPT'],
    ['neighbours that were harmed', { tests: having(test('A9-neighbours', 'not-met')) }, 'NEIGHBOURS_HARMED'],
    ['an endpoint with a typed fault', { tests: having(test('A0-endpoint-integrity', 'not-met', { code: 'ENDPOINT_TIMED_OUT' })) }, 'ENDPOINT_TIMED_OUT'],
    ['pictures in both sets', { overlap: { heldOut: 1, retain: 0 } }, 'SETS_OVERLAP'],
    ['pictures that are still trained on', { overlap: { heldOut: 0, retain: 2 } }, 'FORGOTTEN_BUT_RETAINED'],
    ['fewer held-out pictures than the policy wants', { sizes: { forget: 100, heldOut: 19, retain: 400 } }, 'TOO_FEW_IMAGES'],
    ['a required test that is missing', { tests: without('A2-difference-in-differences') }, 'REQUIRED_TEST_NOT_MET'],
    ['tests of memory that the method optimised, all of them', { tests: having(test('A4-residual-membership', 'met', { power: 0.9, optimisedFor: true })) }, 'NO_INDEPENDENT_TEST'],
    ['an independent test that could not tell', { tests: [...having(test('A4-residual-membership', 'met', { power: 0.9, optimisedFor: true })), test('A4-feature-membership', 'inconclusive')] }, 'NO_INDEPENDENT_TEST'],
  ] satisfies [string, Partial<VerdictInput>, string][])('does not pass with %s', (_, changes, code) => {
    expect(judge(input(changes))).toMatchObject({ verdict: 'INCONCLUSIVE', reasons: [{ code }] })
  }) // prettier-ignore

  it('names a required test in words', () => {
    const { reasons } = judge(input({ tests: without('A2-difference-in-differences') }))
    expect(reasons[0]?.message).toMatch(/^The policy requires A2 difference in differences\. /)
  })

  it('puts the auditor’s own blindness before what it believes to see', () => {
    const residual = test('A4-residual-membership', 'not-met', { power: 0.9, effect: { value: 0.7, interval: null } })
    expect(judge(input({ tests: having(residual) })).verdict).toBe('RESIDUAL')
    const blinded = having(residual).map((ground) => (ground.id === 'blind-control' ? { ...ground, outcome: 'not-met' as const } : ground)) // prettier-ignore
    expect(judge(input({ tests: blinded })).verdict).toBe('INCONCLUSIVE')
  })

  it('passes a method that optimised the membership test by one that it did not', () => {
    const optimised = test('A4-residual-membership', 'met', { power: 0.9, optimisedFor: true })
    const tests = [...having(optimised), test('A4-feature-membership', 'met')]
    expect(judge(input({ tests })).verdict).toBe('PASS')
  })

  it.each([
    ['A4-feature-membership', 0.6, 'RESIDUAL', 'RESIDUAL_IN_FEATURES'],
    ['A4-feature-membership', 0.4, 'OVER_FORGOTTEN', 'OVER_FORGOTTEN'],
    ['A10-randomised-twins', 0.7, 'RESIDUAL', 'RESIDUAL_IN_TWINS'],
    ['A11-clip-alignment', 0.3, 'OVER_FORGOTTEN', 'OVER_FORGOTTEN'],
    ['A7-one-run-epsilon', 0.8, 'RESIDUAL', 'RESIDUAL_IN_CANARIES'],
  ] as const)('takes what %s found at %f for %s', (id, value, verdict, code) => {
    const found = test(id, 'not-met', { effect: { value, interval: null } })
    expect(judge(input({ tests: having(found) }))).toMatchObject({ verdict, reasons: [{ code }] })
  })
})
