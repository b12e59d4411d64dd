import { auditPower, type AuditTest } from '@lethe/domain'
import { aucContrast, aucInterval, type AucEstimate } from '../statistics/de-long.js'
import { holm } from '../statistics/holm.js'
import { normalCdf, normalQuantile } from '../statistics/normal.js'
import { testEquivalence } from '../statistics/tost.js'
import { accusations, twoSidedP } from './membership-family.js'
import { figure, isOptimisedFor, type TestContext } from './test-context.js'
import type { Scored, WitnessName } from './witnesses.js'

const words: Readonly<Record<WitnessName, string>> = {
  'embedding-length': 'the length of embeddings',
  'pooled-features': 'pooled features',
}

/** One witness on both models, turned so that above one half means memory. */
interface Testimony {
  readonly name: WitnessName
  readonly before: AucEstimate
  readonly after: AucEstimate
  /** The model before shows memory by it, Holm over the witnesses. */
  readonly isCredible: boolean
  /** It fell from before to after, one-sided, samples paired. */
  readonly fallP: number
  readonly fall: AucEstimate
  /** Still, or the other way round, tells the sets apart after. */
  readonly isAccusing: boolean
  readonly equivalenceP: number
  readonly isEquivalent: boolean
}

/**
 * A4 by what the loss does not contain. A witness is credible where the model before shows memory by it; then it must be shown to be
 * near chance after, and one at least must be shown to have fallen. None may accuse. Null where the endpoint offers no witness.
 */
export function testFeatureMembership(context: TestContext): AuditTest | null {
  const { after, policy, method } = context
  const testimonies = takeTestimonies(context)
  const strongest = testimonies.toSorted((a, b) => twoSidedP(a.before) - twoSidedP(b.before))[0]
  if (strongest === undefined) return null
  const id = 'A4-feature-membership'
  const credible = testimonies.filter(({ isCredible }) => isCredible)
  const accusing = [...credible, ...testimonies].find(({ isAccusing }) => isAccusing)
  const spoken = accusing ?? strongest
  const isMet =
    credible.length > 0 &&
    credible.every(({ isEquivalent }) => isEquivalent) &&
    credible.some(({ fallP }) => fallP < policy.alpha)
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value: spoken.after.auc, interval: aucInterval(spoken.after, policy.alpha) },
    p: spoken.equivalenceP,
    power: auditPower({
      forgetCount: after.scores.forget.length,
      heldOutCount: after.scores.heldOut.length,
      policy: { ...policy, aucMargin: policy.featureAucMargin },
    }),
    outcome: accusing ? 'not-met' : isMet ? 'met' : 'inconclusive',
    detail: sentence(testimonies, credible),
    ...(credible.length === 0 ? { code: 'NO_CREDIBLE_WITNESS' } : {}),
    parts: testimonies.flatMap((testimony) => partsOf(testimony, policy.alpha)),
  }
}

function takeTestimonies(context: TestContext): Testimony[] {
  const { before, after, policy } = context
  const accused = accusations(context)
  const names = (Object.keys(after.witnesses) as WitnessName[]).filter((name) => before.witnesses[name] !== undefined)
  const remembered = holm(names.map((name) => twoSidedP((before.witnesses[name] as Scored).auc)))
  return names.map((name, index) => {
    const [first, second] = [before.witnesses[name] as Scored, after.witnesses[name] as Scored]
    const isCredible = (remembered[index] as number) < policy.alpha
    // Without memory before there is no side that means memory: a difference after is then a mark that unlearning left.
    const sign = (isCredible ? first.auc.auc < 0.5 : second.auc.auc > 0.5) ? -1 : 1
    const contrast = aucContrast(first.placements, [second.placements])
    const fall = { auc: sign * contrast.auc, standardError: contrast.standardError }
    const turned = turn(second.auc, sign)
    const { p, isShown } = testEquivalence(turned, policy.featureAucMargin, policy.alpha)
    return {
      name,
      before: turn(first.auc, sign),
      after: turned,
      isCredible,
      fall,
      fallP: fall.standardError === 0 ? 1 : normalCdf(-fall.auc / fall.standardError),
      isAccusing: !isShown && (accused.get(name) ?? 1) < policy.alpha,
      equivalenceP: p,
      isEquivalent: isShown,
    }
  })
}

const turn = ({ auc, standardError }: AucEstimate, sign: number): AucEstimate => ({
  auc: sign > 0 ? auc : 1 - auc,
  standardError,
})

function partsOf({ name, before, after, fall, fallP }: Testimony, alpha: number): NonNullable<AuditTest['parts']> {
  const half = normalQuantile(1 - alpha / 2) * fall.standardError
  return [
    {
      label: `${name}-before`,
      effect: { value: before.auc, interval: aucInterval(before, alpha) },
      p: twoSidedP(before),
    },
    { label: `${name}-after`, effect: { value: after.auc, interval: aucInterval(after, alpha) }, p: twoSidedP(after) },
    { label: `${name}-fall`, effect: { value: fall.auc, interval: [fall.auc - half, fall.auc + half] }, p: fallP },
  ]
}

function sentence(testimonies: readonly Testimony[], credible: readonly Testimony[]): string {
  const figures = testimonies
    .map(
      ({ name, before, after }) => `by ${words[name]} AUC ${figure(before.auc)} before and ${figure(after.auc)} after`,
    )
    .join('; ')
  return credible.length === 0
    ? `What the loss does not contain showed no memory in the model before, so it cannot speak of its loss: ${figures}.`
    : `By what the loss does not contain: ${figures}.`
}
