import { shuffledIndices, type AuditPolicy, type AuditTest, type PackedImages } from '@lethe/domain'
import { aucInterval, aucOf } from '../statistics/de-long.js'
import { ridgeDirection } from '../statistics/ridge.js'
import { figure, streamOf } from './test-context.js'

/** The picture is seen as this many cells squared, mean and spread of each channel. */
const CELLS = 4
const FOLDS = 5
/** Penalty per sample on standardised features. */
const PENALTY = 0.1

/**
 * A classifier that never saw a model, from coarse pixels, cross-validated. If it tells forget from held-out pictures, the two
 * sets differ by themselves and no AUC means membership.
 */
export function testBlindControl(forget: PackedImages, heldOut: PackedImages, policy: AuditPolicy): AuditTest {
  const id = 'blind-control'
  const base = { id, optimisedFor: false, p: null, power: null } as const
  if (Math.min(forget.count, heldOut.count) < FOLDS) {
    const detail = `Each set needs at least ${FOLDS} pictures.`
    return { ...base, effect: { value: 0.5, interval: null }, outcome: 'inconclusive', detail }
  }
  const rows = standardise([...pixelFeatures(forget), ...pixelFeatures(heldOut)])
  const isForget = rows.map((_, index) => index < forget.count)
  const random = streamOf(policy, id)
  const fold = new Int32Array(rows.length)
  shuffledIndices(forget.count, random).forEach((index, place) => (fold[index] = place % FOLDS))
  shuffledIndices(heldOut.count, random).forEach((index, place) => (fold[forget.count + index] = place % FOLDS))
  const scores = outOfFoldScores(rows, isForget, fold)
  const auc = aucOf(scores.subarray(0, forget.count), scores.subarray(forget.count))
  const interval = aucInterval(auc, policy.alpha)
  const isBlind = interval[0] <= 0.5
  return {
    ...base,
    effect: { value: auc.auc, interval },
    outcome: isBlind ? 'met' : 'not-met',
    detail: isBlind
      ? `Without a model, pixels do not tell the two sets apart (AUC ${figure(auc.auc)}).`
      : `Pixels alone tell the two sets apart (AUC ${figure(auc.auc)}); choose held-out pictures from the same source.`,
  }
}

/** Per picture: mean and standard deviation of each channel in each cell. */
function pixelFeatures({ data, count, height, width, channels }: PackedImages): Float64Array[] {
  return Array.from({ length: count }, (_, picture) => {
    const sums = new Float64Array(CELLS * CELLS * channels)
    const squares = new Float64Array(sums.length)
    const members = new Float64Array(sums.length)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const cell = Math.floor((y * CELLS) / height) * CELLS + Math.floor((x * CELLS) / width)
        for (let channel = 0; channel < channels; channel++) {
          const value = (data[((picture * height + y) * width + x) * channels + channel] as number) / 255
          const slot = cell * channels + channel
          sums[slot] = (sums[slot] as number) + value
          squares[slot] = (squares[slot] as number) + value ** 2
          members[slot] = (members[slot] as number) + 1
        }
      }
    const means = sums.map((sum, slot) => sum / Math.max(1, members[slot] as number))
    const spreads = squares.map((square, slot) =>
      Math.sqrt(Math.max(0, square / Math.max(1, members[slot] as number) - (means[slot] as number) ** 2)),
    )
    return Float64Array.from([...means, ...spreads])
  })
}

/** Every feature to mean 0 and deviation 1 over all rows; constant features to 0. */
function standardise(rows: readonly Float64Array[]): Float64Array[] {
  const width = rows[0]?.length ?? 0
  const centre = new Float64Array(width)
  const spread = new Float64Array(width)
  for (const row of rows) row.forEach((value, k) => (centre[k] = (centre[k] as number) + value / rows.length))
  for (const row of rows)
    row.forEach((value, k) => (spread[k] = (spread[k] as number) + (value - (centre[k] as number)) ** 2 / rows.length))
  return rows.map((row) =>
    row.map((value, k) => {
      const deviation = Math.sqrt(spread[k] as number)
      return deviation < 1e-9 ? 0 : (value - (centre[k] as number)) / deviation
    }),
  )
}

function outOfFoldScores(rows: readonly Float64Array[], isForget: readonly boolean[], fold: Int32Array): Float64Array {
  const scores = new Float64Array(rows.length)
  for (let held = 0; held < FOLDS; held++) {
    const training = Array.from(rows.keys()).filter((index) => fold[index] !== held)
    const direction = ridgeDirection(
      training.map((index) => rows[index] as Float64Array),
      training.map((index) => (isForget[index] === true ? 1 : 0)),
      PENALTY,
    )
    rows.forEach((row, index) => {
      if (fold[index] === held) scores[index] = row.reduce((sum, value, k) => sum + value * (direction[k] as number), 0)
    })
  }
  return scores
}
