/** P(K = k) of K ~ Binomial(trials, success) for k = 0 … trials. */
export function binomialProbabilities(trials: number, success: number): Float64Array {
  const probabilities = new Float64Array(trials + 1)
  if (success <= 0 || success >= 1) {
    probabilities[success <= 0 ? 0 : trials] = 1
    return probabilities
  }
  // Sums of logarithms instead of products: thousands of trials neither overflow nor vanish.
  let logarithm = trials * Math.log1p(-success)
  const odds = Math.log(success) - Math.log1p(-success)
  for (let k = 0; k <= trials; k++) {
    probabilities[k] = Math.exp(logarithm)
    logarithm += odds + Math.log((trials - k) / (k + 1))
  }
  return probabilities
}

/** P(K ≥ least). */
export function binomialTail(least: number, trials: number, success: number): number {
  const probabilities = binomialProbabilities(trials, success)
  let tail = 0
  // From the far end, where the terms are small.
  for (let k = trials; k >= Math.max(0, least); k--) tail += probabilities[k] as number
  return Math.min(1, tail)
}

/** Exact two-sided p that heads and tails were equally likely: twice the smaller tail (sign test). */
export const signTestP = (heads: number, tosses: number): number =>
  Math.min(1, 2 * binomialTail(Math.max(heads, tosses - heads), tosses, 0.5))
