/** A soft margin's weight of errors, as membership inference uses it. */
const COST = 3
/** Largest violation of the optimality conditions that is left, scikit-learn's default. */
const TOLERANCE = 1e-3
/** Curvature below this is taken for it, as in LIBSVM. */
const SMALLEST_CURVATURE = 1e-12
const STEPS_PER_EXAMPLE = 1000

/** Above 0 for the first class, below for the second. */
export type Decide = (value: number) => number

/**
 * Support vector classifier of numbers with a Gaussian kernel, γ = 1/variance: scikit-learn's `SVC(C=3)` for one feature.
 * Sequential minimal optimisation with second-order working sets (Fan, Chen and Lin, JMLR 2005). Time and memory grow with
 * the square of the number of examples.
 */
export function fitSupportVectors(first: ArrayLike<number>, second: ArrayLike<number>): Decide {
  const x = Float64Array.from([...Array.from(first), ...Array.from(second)])
  const y = Float64Array.from(x, (_, n) => (n < first.length ? 1 : -1))
  const gamma = 1 / (varianceOf(x) || 1)
  const kernel = (a: number, b: number) => Math.exp(-gamma * (a - b) ** 2)
  const { alpha, offset } = solve(x, y, kernel)
  const support = [...alpha.keys()].filter((n) => (alpha[n] as number) > 0)
  return (value) =>
    support.reduce((sum, n) => sum + (y[n] as number) * (alpha[n] as number) * kernel(x[n] as number, value), -offset)
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}

interface Solution {
  readonly alpha: Float64Array
  readonly offset: number
}

/** Minimises ½ αᵀQα − Σα with Q_ij = y_i y_j k(x_i, x_j), 0 ≤ α ≤ C and Σ y α = 0. */
function solve(x: Float64Array, y: Float64Array, kernel: (a: number, b: number) => number): Solution {
  const count = x.length
  const alpha = new Float64Array(count)
  const gradient = new Float64Array(count).fill(-1)
  const rows = new Map<number, Float64Array>()
  const rowOf = (n: number): Float64Array => {
    const row = rows.get(n) ?? x.map((value) => kernel(x[n] as number, value))
    rows.set(n, row)
    return row
  }
  for (let step = 0; step < count * STEPS_PER_EXAMPLE; step++) {
    const pair = workingSet(alpha, gradient, y, rowOf)
    if (pair === null) break
    const [i, j] = pair
    const [deltaI, deltaJ] = move(i, j, alpha, gradient, y, curvature(rowOf(i)[j] as number))
    const [rowI, rowJ] = [rowOf(i), rowOf(j)]
    for (let n = 0; n < count; n++)
      gradient[n] =
        (gradient[n] as number) +
        (y[n] as number) *
          ((y[i] as number) * (rowI[n] as number) * deltaI + (y[j] as number) * (rowJ[n] as number) * deltaJ)
  }
  return { alpha, offset: offsetOf(alpha, gradient, y) }
}

/** k(x, x) = 1 for a Gaussian. */
const curvature = (between: number): number => Math.max(2 - 2 * between, SMALLEST_CURVATURE)

const canRise = (alpha: number, y: number): boolean => (y > 0 ? alpha < COST : alpha > 0)
const canFall = (alpha: number, y: number): boolean => (y > 0 ? alpha > 0 : alpha < COST)

/** The worst violator, and with it the partner whose move lowers the objective most; null at the optimum. */
function workingSet(
  alpha: Float64Array,
  gradient: Float64Array,
  y: Float64Array,
  rowOf: (n: number) => Float64Array,
): [number, number] | null {
  const slope = (n: number) => -(y[n] as number) * (gradient[n] as number)
  let i = -1
  for (let n = 0; n < y.length; n++)
    if (canRise(alpha[n] as number, y[n] as number) && (i < 0 || slope(n) > slope(i))) i = n
  if (i < 0) return null
  const row = rowOf(i)
  let j = -1
  let best = 0
  let lowest = Infinity
  for (let n = 0; n < y.length; n++) {
    if (!canFall(alpha[n] as number, y[n] as number)) continue
    lowest = Math.min(lowest, slope(n))
    const violation = slope(i) - slope(n)
    if (violation <= 0) continue
    const gain = violation ** 2 / curvature(row[n] as number)
    if (gain > best) [best, j] = [gain, n]
  }
  return j < 0 || slope(i) - lowest < TOLERANCE ? null : [i, j]
}

/** Moves a pair along Σ y α = 0 as far as the box lets it. → the two changes */
function move(
  i: number,
  j: number,
  alpha: Float64Array,
  gradient: Float64Array,
  y: Float64Array,
  bend: number,
): [number, number] {
  const [yi, yj] = [y[i] as number, y[j] as number]
  const [ai, aj] = [alpha[i] as number, alpha[j] as number]
  const wanted = (-yi * (gradient[i] as number) + yj * (gradient[j] as number)) / bend
  const roomI = yi > 0 ? COST - ai : ai
  const roomJ = yj > 0 ? aj : COST - aj
  const length = Math.min(wanted, roomI, roomJ)
  // A multiplier that reaches its bound is there exactly, or it would be taken for free.
  alpha[i] = length === roomI ? (yi > 0 ? COST : 0) : ai + yi * length
  alpha[j] = length === roomJ ? (yj > 0 ? 0 : COST) : aj - yj * length
  return [alpha[i] - ai, alpha[j] - aj]
}

/** Mean of y·gradient over free multipliers; where there is none, the middle of what the others allow. */
function offsetOf(alpha: Float64Array, gradient: Float64Array, y: Float64Array): number {
  let [free, sum, low, high] = [0, 0, -Infinity, Infinity]
  alpha.forEach((value, n) => {
    const slope = (y[n] as number) * (gradient[n] as number)
    if (value > 0 && value < COST) [free, sum] = [free + 1, sum + slope]
    else if (canRise(value, y[n] as number)) high = Math.min(high, slope)
    else low = Math.max(low, slope)
  })
  return free > 0 ? sum / free : (low + high) / 2
}
