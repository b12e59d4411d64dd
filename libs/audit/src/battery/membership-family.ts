import type { AuditTest, AuditTestId } from '@lethe/domain'
import type { AucEstimate } from '../statistics/de-long.js'
import { holm } from '../statistics/holm.js'
import { normalCdf } from '../statistics/normal.js'
import type { TestContext } from './test-context.js'
import type { WitnessName } from './witnesses.js'

/** The scores and tests by which one audit asks whether forgotten pictures can still be told from unseen ones. */
export type FamilyMember = 'alignment' | WitnessName | AuditTestId

/** Two-sided p of "the AUC is 0.5" (Wald). Where every score is equal, 1. */
export function twoSidedP({ auc, standardError }: AucEstimate, centre = 0.5): number {
  if (auc === centre) return 1
  return standardError === 0 ? 0 : Math.min(1, 2 * normalCdf(-Math.abs(auc - centre) / standardError))
}

/** Per question its p on the model after, by Holm over all of them: however many are asked, a clean model is accused with alpha at most. */
export function accusations({ after, furtherAccusations = [] }: TestContext): ReadonlyMap<FamilyMember, number> {
  const family: (readonly [FamilyMember, number])[] = [
    ['alignment', twoSidedP(after.auc)],
    ...(Object.entries(after.witnesses) as [WitnessName, { auc: AucEstimate }][]).map(
      ([name, { auc }]) => [name, twoSidedP(auc)] as const,
    ),
    ...furtherAccusations,
  ]
  const adjusted = holm(family.map(([, p]) => p))
  return new Map(family.map(([name], index) => [name, adjusted[index] as number]))
}

/** A test that accuses by itself, and no longer does where it shares alpha with the others of this audit. */
export function shareAlpha(test: AuditTest, context: TestContext): AuditTest {
  const adjusted = accusations(context).get(test.id)
  if (test.outcome !== 'not-met' || adjusted === undefined || adjusted < context.policy.alpha) return test
  return { ...test, outcome: 'inconclusive' }
}

/** Shown to be equal; found to differ; or neither. */
export const outcomeOf = (isShown: boolean, isFound: boolean): AuditTest['outcome'] =>
  isShown ? 'met' : isFound ? 'not-met' : 'inconclusive'
