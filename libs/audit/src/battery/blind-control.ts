import { shuffledIndices, type AuditPolicy, type AuditTest, type PackedImages } from '@lethe/domain'
import type { BlindScores } from '../judge/audit-data.js'
import { aucOf } from '../statistics/de-long.js'
import { ridgeSolver } from '../statistics/ridge.js'
import { pixelFeatures, standardise } from './pixel-features.js'
import { figure, streamOf } from './test-context.js'

const ID = 'blind-control'
const FOLDS = 5
/** Penalty per sample on standardised features. */
const PENALTY = 0.1
/** Throwing an audit away takes strong evidence: this control may cry wolf once in a hundred audits. */
const ALPHA = 0.01
/** Enough for a p below ALPHA. */
const MAX_PERMUTATIONS = 199

/**
 * A classifier that never saw a model, from coarse pixels, cross-validated; and what it is worth where labels are dealt at random.
 * Null where a fold would be empty.
 */
export function scoreBlindly(forget: PackedImages, heldOut: PackedImages, policy: AuditPolicy): BlindScores | null {
  if (Math.min(forget.count, heldOut.count) < FOLDS) return null
  const rows = standardise([...pixelFeatures(forget), ...pixelFeatures(heldOut)])
  const random = streamOf(policy, ID)
  const scoresWith = crossValidation(rows, shuffledIndices(rows.length, random))
  const scores = scoresWith(Int32Array.from({ length: forget.count }, (_, index) => index))
  const permutedAucs = Float64Array.from({ length: Math.min(MAX_PERMUTATIONS, policy.resamples) }, () =>
    aucBetween(scoresWith(shuffledIndices(rows.length, random).subarray(0, forget.count))),
  )
  return { scores, permutedAucs }
}

const aucBetween = ({ forget, heldOut }: BlindScores['scores']): number => aucOf(forget, heldOut).auc

/**
 * If pixels alone tell forget from held-out pictures, the two sets differ by themselves and no AUC means membership. The p is by
 * permutation of labels: the AUC of cross-validated scores varies more than DeLong's interval says.
 */
export function testBlindControl(blind: BlindScores | null): AuditTest {
  const base = { id: ID, optimisedFor: false, power: null } as const
  if (blind === null) {
    const detail = `The control needs at least ${FOLDS} pictures of each set.`
    return { ...base, effect: { value: 0.5, interval: null }, p: null, outcome: 'inconclusive', detail }
  }
  const observed = aucBetween(blind.scores)
  const atLeast = blind.permutedAucs.filter((auc) => auc >= observed).length
  const p = (atLeast + 1) / (blind.permutedAucs.length + 1)
  const isBlind = p >= ALPHA
  return {
    ...base,
    effect: { value: observed, interval: null },
    p,
    outcome: isBlind ? 'met' : 'not-met',
    detail: isBlind
      ? `Without a model, pixels did not demonstrably tell the two sets apart (AUC ${figure(observed)}, p ${figure(p)}).`
      : `Pixels alone tell the two sets apart (AUC ${figure(observed)}, p ${figure(p)}); choose held-out pictures from the same source.`,
  }
}

/** Out-of-fold ridge scores as a function of which rows are positive; what does not depend on labels is done once. */
function crossValidation(
  rows: readonly Float64Array[],
  order: Int32Array,
): (positives: Int32Array) => BlindScores['scores'] {
  const foldOf = new Int32Array(rows.length)
  order.forEach((index, place) => (foldOf[index] = place % FOLDS))
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const training = rows.filter((_row, index) => foldOf[index] !== fold)
    return { solve: ridgeSolver(training, PENALTY), sum: sumOf(training), size: training.length }
  })
  return (positives) => {
    const directions = folds.map(({ solve, sum, size }, fold) => {
      const members = Array.from(positives, (index) => index).filter((index) => foldOf[index] !== fold)
      const total = sumOf(
        members.map((index) => rows[index] as Float64Array),
        sum.length,
      )
      return solve(total.map((value, k) => value - (members.length / size) * (sum[k] as number)))
    })
    const score = (index: number) =>
      dotProduct(rows[index] as Float64Array, directions[foldOf[index] as number] as Float64Array)
    const isPositive = new Uint8Array(rows.length)
    for (const index of positives) isPositive[index] = 1
    const negatives = Array.from(rows.keys()).filter((index) => isPositive[index] === 0)
    return { forget: Float64Array.from(positives, score), heldOut: Float64Array.from(negatives, score) }
  }
}

function sumOf(rows: readonly Float64Array[], width = rows[0]?.length ?? 0): Float64Array {
  const sum = new Float64Array(width)
  for (const row of rows) for (let k = 0; k < width; k++) sum[k] = (sum[k] as number) + (row[k] as number)
  return sum
}

function dotProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number)
  return sum
}
