import { AuditPolicy, auditPower, completePolicy, detectionPower, randomStream, type AuditTest } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { testFeatureMembership } from './battery/feature-membership.js'
import { testDifferenceInDifferences } from './battery/forgetting-score.js'
import { testResidualMembership } from './battery/residual-membership.js'
import { examine, type Audited, type TestContext } from './battery/test-context.js'
import type { ModelAnswers, ViewEmbeddings } from './probe/view-embeddings.js'
import { measureModel } from './measure/measure-model.js'
import { clopperPearson } from './statistics/clopper-pearson.js'
import { judge } from './verdict.js'

const SIMULATED = 200
const VIEWS = 3
const DIMENSION = 6
const sizes = { forget: 100, heldOut: 160, retain: 40 }
const policy = completePolicy(AuditPolicy.parse({ version: 1, views: VIEWS, resamples: 200, aucMargin: 0.14 }))

type Gauss = () => number
const gaussian = (random: () => number): Gauss => () =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) // prettier-ignore

/** Pictures as points; their views scatter by an amount of each picture's own, which memory makes smaller. */
function simulate(gauss: Gauss, count: number, memory: number): ViewEmbeddings {
  const views = Array.from({ length: VIEWS }, () => new Float32Array(count * DIMENSION))
  const lengths = Array.from({ length: VIEWS }, () => new Float32Array(count))
  for (let row = 0; row < count; row++) {
    const centre = Array.from({ length: DIMENSION }, gauss)
    const scatter = 0.4 * Math.exp(0.4 * gauss() - memory)
    const size = 1 + 0.1 * gauss() + 0.15 * memory
    for (let view = 0; view < VIEWS; view++) {
      const seen = centre.map((value) => value + scatter * gauss())
      const length = Math.hypot(...seen)
      seen.forEach((value, k) => ((views[view] as Float32Array)[row * DIMENSION + k] = value / length))
      ;(lengths[view] as Float32Array)[row] = Math.exp(size + 0.05 * gauss())
    }
  }
  return { count, dimension: DIMENSION, views, lengths }
}

const embed = () => Promise.reject(new Error('Nobody is asked.'))

function answersOf(gauss: Gauss, role: 'before' | 'after', memory: number): ModelAnswers {
  const sets = (scale: number) => ({
    forget: simulate(gauss, sizes.forget, scale * memory),
    heldOut: simulate(gauss, sizes.heldOut, 0),
    members: simulate(gauss, sizes.retain, scale * 0.45),
  })
  return {
    model: { label: role, role, method: null, embed },
    ...sets(1),
    features: sets(0.6),
    defect: null,
    wholeViews: Array.from({ length: VIEWS }, (_, view) => view),
  }
}

const ground = (id: AuditTest['id']): AuditTest => ({
  id,
  optimisedFor: false,
  effect: { value: 0, interval: null },
  p: null,
  power: null,
  outcome: 'met',
  detail: '',
})
const grounds = (['A0-endpoint-integrity', 'A9-utility', 'blind-control'] as const).map(ground)

/** One audit of a model that keeps `left` of its memory; everything but membership is taken to be in order. */
function audit(seed: number, left: number) {
  const gauss = gaussian(randomStream(40, seed))
  const [before, after] = (['before', 'after'] as const).map((role) =>
    examine(measureModel(answersOf(gauss, role, role === 'before' ? 0.45 : left))),
  ) as [Audited, Audited]
  const context: TestContext = { before, after, references: [], policy, method: 'alignment-calibration' }
  const independent = testFeatureMembership(context)
  const tests = [
    ...grounds,
    testDifferenceInDifferences(context),
    testResidualMembership(context),
    ...(independent === null ? [] : [independent]),
  ]
  const membershipBefore = { value: before.auc.auc, interval: [before.auc.auc - 0.05, 1] as [number, number] }
  const { verdict } = judge({ tests, membershipBefore, requiredForgetSize: 1, sizes, overlap: { heldOut: 0, retain: 0 }, policy }) // prettier-ignore
  return { verdict, auc: after.auc.auc, isShown: tests.find(({ id }) => id === 'A4-residual-membership')?.outcome === 'met' } // prettier-ignore
}

const share = (audits: readonly ReturnType<typeof audit>[], holds: (one: ReturnType<typeof audit>) => boolean) => {
  const count = audits.filter(holds).length
  return { value: count / audits.length, interval: clopperPearson(count, audits.length, 0.05) }
}

describe('over 200 simulated audits', () => {
  const seeds = Array.from({ length: SIMULATED }, (_, seed) => seed)
  const clean = seeds.map((seed) => audit(seed, 0))

  it('a model that forgot is accused, on either side, in at most 5 %', () => {
    const accused = share(clean, ({ verdict }) => verdict === 'RESIDUAL' || verdict === 'OVER_FORGOTTEN')
    expect(accused.value).toBeLessThanOrEqual(0.05)
    expect(accused.interval[0]).toBeLessThan(0.05)
  })

  it('its equivalence is shown as often as was foretold', () => {
    const foretold = auditPower({ forgetCount: sizes.forget, heldOutCount: sizes.heldOut, policy })
    const { interval } = share(clean, ({ isShown }) => isShown)
    expect(foretold).toBeGreaterThan(0.9)
    expect(interval[0]).toBeLessThan(foretold)
    expect(interval[1]).toBeGreaterThan(foretold)
  })

  it('it passes in most, for whatever else is asked', () => {
    expect(share(clean, ({ verdict }) => verdict === 'PASS').value).toBeGreaterThan(0.8)
  })

  it('what is left is found at least as often as was foretold, and never passed', () => {
    const residual = seeds.map((seed) => audit(1000 + seed, 0.25))
    const auc = residual.reduce((sum, one) => sum + one.auc, 0) / residual.length
    const foretold = detectionPower({ forgetCount: sizes.forget, heldOutCount: sizes.heldOut, alpha: policy.alpha / 6, auc })
    expect(auc).toBeGreaterThan(0.6)
    const found = share(residual, ({ verdict }) => verdict === 'RESIDUAL')
    expect(foretold).toBeGreaterThan(0.5)
    expect(found.interval[1]).toBeGreaterThan(foretold)
    expect(share(residual, ({ verdict }) => verdict === 'PASS').value).toBeLessThan(0.05)
  })
}) // prettier-ignore
