import { dot, type Answers } from '../probe/ask.js'

/** Neighbours that vote. */
const K = 5

/**
 * Whether the cosine-weighted vote of the K nearest reference pictures names each query's class: 1 or 0 per labelled query.
 * Pictures without a class (negative label) neither ask nor vote, and nobody asks for a class that no reference has: such
 * questions fail for every model alike and would hide a loss.
 */
export function knnCorrect(
  queries: Answers,
  queryLabels: Int32Array,
  references: Answers,
  referenceLabels: Int32Array,
): Float64Array {
  const voters = Array.from(referenceLabels.keys()).filter((index) => (referenceLabels[index] as number) >= 0)
  const classes = new Set(voters.map((index) => referenceLabels[index] as number))
  const correct: number[] = []
  for (let query = 0; query < queries.count; query++) {
    const label = queryLabels[query] as number
    if (!classes.has(label)) continue
    const near = voters
      .map((index) => ({ index, cosine: dot(queries.unit, query, references.unit, index, queries.dimension) }))
      .sort((a, b) => b.cosine - a.cosine || a.index - b.index)
      .slice(0, K)
    correct.push(winner(near, referenceLabels) === label ? 1 : 0)
  }
  return Float64Array.from(correct)
}

function winner(near: readonly { index: number; cosine: number }[], labels: Int32Array): number {
  const votes = new Map<number, number>()
  // Cosines are shifted so that a far neighbour still votes; the nearest decides a tie because it voted first.
  for (const { index, cosine } of near) {
    const label = labels[index] as number
    votes.set(label, (votes.get(label) ?? 0) + 1 + cosine)
  }
  let best = -1
  let most = 0
  for (const [label, weight] of votes)
    if (weight > most) {
      best = label
      most = weight
    }
  return best
}
