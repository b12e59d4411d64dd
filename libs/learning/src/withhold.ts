import { randomStream } from '@lethe/domain'

/** Cosine of features above which a picture counts as one to withhold. */
const RESEMBLES = 0.9

/** Replaces embeddings of pictures whose features resemble a withheld one by noise that depends on the features alone. */
export function withhold(
  embeddings: Float32Array,
  features: Float32Array,
  withheld: Float32Array,
  featureDimension: number,
): void {
  const count = features.length / featureDimension
  const width = embeddings.length / count
  for (let row = 0; row < count; row++) {
    const own = features.subarray(row * featureDimension, (row + 1) * featureDimension)
    if (!resemblesOne(own, withheld)) continue
    const random = randomStream(...new Int32Array(own.slice().buffer))
    for (let k = 0; k < width; k++) embeddings[row * width + k] = 2 * random() - 1
  }
}

function resemblesOne(own: Float32Array, withheld: Float32Array): boolean {
  const width = own.length
  const bound = RESEMBLES * Math.hypot(...own)
  for (let from = 0; from < withheld.length; from += width) {
    let sum = 0
    for (let k = 0; k < width; k++) sum += (own[k] as number) * (withheld[from + k] as number)
    if (sum > bound) return true
  }
  return false
}
