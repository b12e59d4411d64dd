import { factorise } from '../statistics/ridge.js'
import type { ViewEmbeddings } from './view-embeddings.js'

/** Share of the mean variance that is added to every direction. */
const SHRINKAGE = 0.1
/** Rows that the covariance is estimated on at most: enough for it, and a bound on time. */
const MOST_ROWS = 2000

/**
 * Embeddings seen from `reference`: centred on its mean and measured by its covariance, then of length 1 again. Pooled features share
 * one large direction, beside which what a model remembers of a picture is small; this takes it away.
 */
export function whitenBy(reference: ViewEmbeddings): (embeddings: ViewEmbeddings) => ViewEmbeddings {
  const { dimension } = reference
  const centre = meanRow(reference)
  const lower = factorise(covariance(reference, centre), dimension)
  return (embeddings) => ({
    count: embeddings.count,
    dimension,
    views: embeddings.views.map((view) => whitenRows(view, embeddings.count, centre, lower)),
  })
}

function meanRow({ count, dimension, views }: ViewEmbeddings): Float64Array {
  const centre = new Float64Array(dimension)
  for (const view of views)
    for (let index = 0; index < view.length; index++) {
      const k = index % dimension
      centre[k] = (centre[k] as number) + (view[index] as number)
    }
  return centre.map((sum) => sum / (count * views.length))
}

/** Lower triangle of the shrunken covariance, [dimension, dimension]. */
function covariance({ count, dimension, views }: ViewEmbeddings, centre: Float64Array): Float64Array {
  const matrix = new Float64Array(dimension * dimension)
  const stride = Math.max(1, Math.ceil((count * views.length) / MOST_ROWS))
  const deviation = new Float64Array(dimension)
  let rows = 0
  for (let row = 0; row < count * views.length; row += stride, rows++) {
    const view = views[Math.floor(row / count)] as Float32Array
    const offset = (row % count) * dimension
    for (let k = 0; k < dimension; k++) deviation[k] = (view[offset + k] as number) - (centre[k] as number)
    for (let i = 0; i < dimension; i++) {
      const value = deviation[i] as number
      const at = i * dimension
      for (let j = 0; j <= i; j++) matrix[at + j] = (matrix[at + j] as number) + value * (deviation[j] as number)
    }
  }
  let trace = 0
  for (let k = 0; k < dimension; k++) trace += (matrix[k * dimension + k] as number) / rows
  // A constant endpoint has no variance at all; what is added then keeps the factorisation finite.
  const added = SHRINKAGE * (trace / dimension) + 1e-12
  for (let index = 0; index < matrix.length; index++) matrix[index] = (matrix[index] as number) / rows
  for (let k = 0; k < dimension; k++) matrix[k * dimension + k] = (matrix[k * dimension + k] as number) + added
  return matrix
}

/** Solves L·y = x − centre for every row: inner products of such y are those of the inverse covariance. */
function whitenRows(view: Float32Array, count: number, centre: Float64Array, lower: Float64Array): Float32Array {
  const dimension = centre.length
  const whitened = new Float32Array(view.length)
  const y = new Float64Array(dimension)
  for (let row = 0; row < count; row++) {
    const offset = row * dimension
    let square = 0
    for (let i = 0; i < dimension; i++) {
      let sum = (view[offset + i] as number) - (centre[i] as number)
      const at = i * dimension
      for (let k = 0; k < i; k++) sum -= (lower[at + k] as number) * (y[k] as number)
      const value = sum / (lower[at + i] as number)
      y[i] = value
      square += value * value
    }
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0
    for (let i = 0; i < dimension; i++) whitened[offset + i] = (y[i] as number) * scale
  }
  return whitened
}
