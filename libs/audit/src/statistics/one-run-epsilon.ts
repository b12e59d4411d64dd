import { binomialProbabilities } from './binomial.js'

/** Guesses of an auditor at coins that the audited algorithm was given. */
export interface CoinGuesses {
  /** m: coins, each fair and independent of the others. */
  readonly coins: number
  /** r: coins that were guessed at; at the others the auditor abstained. */
  readonly guesses: number
  /** v: guesses that were right. */
  readonly right: number
}

const LARGEST_EPSILON = 64
const BISECTIONS = 50

/**
 * Probability, at most, of so many right guesses if the algorithm is (ε, δ)-differentially private in each coin (Steinke,
 * Nasr and Jagielski 2023, arXiv 2305.08846, theorem 5.2): with K ~ Binomial(r, 1/(1 + e^−ε)),
 * P(K ≥ v) + 2mδ · max_i P(v − i ≤ K < v) / i.
 */
export function oneRunP({ coins, guesses, right }: CoinGuesses, epsilon: number, delta: number): number {
  const probabilities = binomialProbabilities(guesses, 1 / (1 + Math.exp(-epsilon)))
  let atLeast = 0
  for (let k = guesses; k >= right; k--) atLeast += probabilities[k] as number
  let below = 0
  let steepest = 0
  for (let i = 1; i <= right; i++) {
    below += probabilities[right - i] as number
    steepest = Math.max(steepest, below / i)
  }
  return Math.min(1, atLeast + 2 * coins * delta * steepest)
}

/**
 * The largest ε that so many right guesses refute at level alpha: with probability 1 − alpha the algorithm's ε is at least
 * this. 0 where the guesses are no better than chance could make them.
 */
export function epsilonLowerBound(coinGuesses: CoinGuesses, alpha: number, delta = 0): number {
  const isRefuted = (epsilon: number) => oneRunP(coinGuesses, epsilon, delta) < alpha
  if (!isRefuted(0)) return 0
  let refuted = 0
  let kept = 1
  while (isRefuted(kept) && kept < LARGEST_EPSILON) [refuted, kept] = [kept, 2 * kept]
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (refuted + kept) / 2
    if (isRefuted(middle)) refuted = middle
    else kept = middle
  }
  return refuted
}
