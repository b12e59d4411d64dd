import { randomIndex, type RandomStream } from '@lethe/domain'
import { percentileInterval, type Interval } from './summary.js'

/** Percentile interval of mean(first) − mean(second), each group resampled by itself. Null for fewer than two in a group. */
export function differenceOfMeansInterval(
  first: Float64Array,
  second: Float64Array,
  alpha: number,
  resamples: number,
  random: RandomStream,
): Interval | null {
  if (first.length < 2 || second.length < 2) return null
  const replicates = Float64Array.from(
    { length: resamples },
    () => resampledMean(first, random) - resampledMean(second, random),
  )
  return percentileInterval(replicates, alpha)
}

function resampledMean(values: Float64Array, random: RandomStream): number {
  let sum = 0
  for (let draw = 0; draw < values.length; draw++) sum += values[randomIndex(random, values.length)] as number
  return sum / values.length
}

export interface MatrixMeans {
  readonly diagonal: number
  readonly offDiagonal: number
}

/** Means on and off the diagonal of an n × n matrix. */
export function matrixMeans(matrix: Float32Array, n: number): MatrixMeans {
  const every = Int32Array.from({ length: n }, (_, index) => index)
  return meansAt(matrix, n, every)
}

/**
 * Percentile intervals of both means when nodes, not pairs, are resampled: entries of one row are not independent. A pair
 * that a resample makes of a node with itself is left out.
 */
export function nodeBootstrapIntervals(
  matrix: Float32Array,
  n: number,
  alpha: number,
  resamples: number,
  random: RandomStream,
): { diagonal: Interval; offDiagonal: Interval } | null {
  if (n < 3) return null
  const diagonal = new Float64Array(resamples)
  const offDiagonal = new Float64Array(resamples)
  const nodes = new Int32Array(n)
  for (let draw = 0; draw < resamples; draw++) {
    for (let place = 0; place < n; place++) nodes[place] = randomIndex(random, n)
    const means = meansAt(matrix, n, nodes)
    diagonal[draw] = means.diagonal
    offDiagonal[draw] = means.offDiagonal
  }
  return { diagonal: percentileInterval(diagonal, alpha), offDiagonal: percentileInterval(offDiagonal, alpha) }
}

function meansAt(matrix: Float32Array, n: number, nodes: Int32Array): MatrixMeans {
  // Counts instead of draws: the same sums in one pass over the matrix.
  const counts = new Float64Array(n)
  for (const node of nodes) counts[node] = (counts[node] as number) + 1
  let diagonal = 0
  let off = 0
  let pairs = 0
  for (let row = 0; row < n; row++) {
    const weight = counts[row] as number
    if (weight === 0) continue
    diagonal += weight * (matrix[row * n + row] as number)
    for (let column = 0; column < n; column++) {
      if (column === row) continue
      const both = weight * (counts[column] as number)
      off += both * (matrix[row * n + column] as number)
      pairs += both
    }
  }
  return { diagonal: diagonal / nodes.length, offDiagonal: pairs === 0 ? 0 : off / pairs }
}
