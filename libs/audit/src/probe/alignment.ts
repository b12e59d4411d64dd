import { dot } from './ask.js'
import type { ViewEmbeddings } from './view-embeddings.js'

/** Cosines closer to ±1 than this have no finite Fisher z in float32. */
const LARGEST_COSINE = 1 - 1e-6

/** a_i: mean cosine over all pairs of views of sample i (arXiv 2406.03603, forgetting score). */
export const alignmentOf = (embeddings: ViewEmbeddings): Float64Array => meanOverPairs(embeddings, (cosine) => cosine)

/** EncoderMI's feature on Fisher's scale: mean of atanh(cosine) over the pairs, so that near-perfect alignment keeps its order. */
export const membershipScores = (embeddings: ViewEmbeddings): Float64Array =>
  meanOverPairs(embeddings, (cosine) => Math.atanh(Math.max(-LARGEST_COSINE, Math.min(LARGEST_COSINE, cosine))))

function meanOverPairs(
  { count, dimension, views }: ViewEmbeddings,
  transform: (cosine: number) => number,
): Float64Array {
  const pairs = (views.length * (views.length - 1)) / 2
  return Float64Array.from({ length: count }, (_, sample) => {
    let sum = 0
    for (let first = 0; first < views.length; first++)
      for (let second = first + 1; second < views.length; second++)
        sum += transform(dot(views[first] as Float32Array, sample, views[second] as Float32Array, sample, dimension))
    return sum / pairs
  })
}

/** Samples of a set that a stored matrix shows at most. */
export const MATRIX_LIMIT = 256

/** Alignment Matrix of the first `n` samples: AM_ij = s(view 0 of i, view 1 of j), row-major [n, n]. */
export function alignmentMatrix({ dimension, views }: ViewEmbeddings, n: number): Float32Array {
  const matrix = new Float32Array(n * n)
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++)
      matrix[row * n + column] = dot(views[0] as Float32Array, row, views[1] as Float32Array, column, dimension)
  return matrix
}

/** Alignment Gap Matrix: before − after. */
export const alignmentGap = (before: Float32Array, after: Float32Array): Float32Array =>
  before.map((value, index) => value - (after[index] as number))

/** The matrix of the first `n` of its samples. */
export function leadingMatrix(matrix: Float32Array, n: number): Float32Array {
  const edge = Math.sqrt(matrix.length)
  const leading = new Float32Array(n * n)
  for (let row = 0; row < n; row++) leading.set(matrix.subarray(row * edge, row * edge + n), row * n)
  return leading
}
