import { fitSupportVectors } from './support-vector-classifier.js'

/** One score per sample; members tend to have the larger ones. */
export type Scores = ArrayLike<number>

/** Examples of each kind that a classifier is fitted to; its cost grows with the square of their number. */
const LARGEST_SIDE = 1000

/** Probability that a first score is larger than a second one; ties count half. NaN where a side is empty. */
export function areaUnderCurve(first: Scores, second: Scores): number {
  const sorted = Float64Array.from(Array.from(second)).sort()
  let wins = 0
  for (const score of Array.from(first))
    wins += (countBelow(sorted, score, false) + countBelow(sorted, score, true)) / 2
  return wins / (first.length * second.length)
}

/** How many sorted values are below, or not above where `orEqual`. */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const isBelow = (sorted[middle] as number) < value || (orEqual && sorted[middle] === value)
    if (isBelow) low = middle + 1
    else high = middle
  }
  return low
}

/** The threshold with the largest mean of both hit rates: members lie above, non-members at or below it. */
export function bestThreshold(members: Scores, nonMembers: Scores): number {
  const [known, unknown] = [members, nonMembers].map((scores) => Float64Array.from(Array.from(scores)).sort()) as [
    Float64Array,
    Float64Array,
  ]
  const values = [...new Set([...known, ...unknown])].sort((a, b) => a - b)
  const balanceAt = (threshold: number) =>
    countBelow(unknown, threshold, true) / unknown.length - countBelow(known, threshold, true) / known.length
  let best = { threshold: -Infinity, balance: 0 }
  values.forEach((value, n) => {
    const threshold = n + 1 < values.length ? (value + (values[n + 1] as number)) / 2 : value
    const balance = balanceAt(threshold)
    if (balance > best.balance) best = { threshold, balance }
  })
  return best.threshold
}

/** Share of these samples that the threshold of known members and non-members takes for non-members. */
export function nonMemberShareByThreshold(members: Scores, nonMembers: Scores, asked: Scores): number {
  const threshold = bestThreshold(members, nonMembers)
  return shareOf(asked, (score) => score <= threshold)
}

/** The same by a support vector classifier of the scores, of as many examples of either kind: it would side with the many. */
export function nonMemberShareByClassifier(members: Scores, nonMembers: Scores, asked: Scores): number {
  const count = Math.min(LARGEST_SIDE, members.length, nonMembers.length)
  const decide = fitSupportVectors(spread(members, count), spread(nonMembers, count))
  return shareOf(asked, (score) => decide(score) <= 0)
}

const shareOf = (scores: Scores, isOne: (score: number) => boolean): number =>
  Array.from(scores).filter(isOne).length / scores.length

/** So many of them, evenly spaced in their order. */
const spread = (scores: Scores, count: number): number[] =>
  Array.from({ length: count }, (_, n) => scores[Math.floor((n * scores.length) / count)] as number)
