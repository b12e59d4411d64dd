import type { Matrix } from './read-safetensors'

export interface MatrixSummary {
  /** Mean of the diagonal: similarity of two views of the same picture. */
  diagonal: number
  /** Mean of all else; null for a single picture. */
  offDiagonal: number | null
  low: number
  high: number
}

/** Of a square matrix, row-major. */
export function summarizeMatrix({ shape, data }: Matrix): MatrixSummary {
  const size = shape[0] ?? 0
  let diagonal = 0
  let total = 0
  let low = Infinity
  let high = -Infinity
  data.forEach((value, index) => {
    total += value
    if (index % (size + 1) === 0) diagonal += value
    low = Math.min(low, value)
    high = Math.max(high, value)
  })
  const others = size * size - size
  return { diagonal: diagonal / size, offDiagonal: others === 0 ? null : (total - diagonal) / others, low, high }
}
