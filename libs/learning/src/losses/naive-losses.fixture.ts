import { randomStream } from '@lethe/domain'

/** Losses as they are defined, row by row and pair by pair, in float64. */
export type Rows = readonly (readonly number[])[]

export function matrix(n: number, d: number, seed: number): number[][] {
  const random = randomStream(seed)
  return Array.from({ length: n }, () => Array.from({ length: d }, () => 2 * random() - 1))
}

/** Rows of length 1. */
export const unitMatrix = (n: number, d: number, seed: number): number[][] =>
  matrix(n, d, seed).map((row) => row.map((value) => value / Math.hypot(...row)))

export const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0) / (Math.hypot(...a) * Math.hypot(...b))

const logSumExp = (values: readonly number[]): number =>
  Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0))

export function naiveNtXentRows(z0: Rows, z1: Rows, temperature: number): number[] {
  const rows = [...z0, ...z1]
  return rows.map((row, i) => {
    const others = rows.filter((_, k) => k !== i).map((other) => cosine(row, other) / temperature)
    const positive = rows[(i + z0.length) % rows.length] as number[]
    return logSumExp(others) - cosine(row, positive) / temperature
  })
}

export const naiveMocoRows = (q: Rows, keys: Rows, queue: Rows, temperature: number): number[] =>
  q.map((row, i) => {
    const own = cosine(row, keys[i] as number[]) / temperature
    return logSumExp([own, ...queue.map((key) => cosine(row, key) / temperature)]) - own
  })

export function naiveClipRows(image: Rows, text: Rows, logitScale: number): number[] {
  const scale = Math.exp(Math.min(logitScale, Math.log(100)))
  const over = (from: Rows, to: Rows) =>
    from.map(
      (row, i) => logSumExp(to.map((other) => scale * cosine(row, other))) - scale * cosine(row, to[i] as number[]),
    )
  return [...over(image, text), ...over(text, image)]
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Central differences of a function of matrices, in every entry of the one at `position`. */
export function finiteDifferences(
  loss: (...inputs: Rows[]) => number,
  inputs: readonly Rows[],
  position: number,
  step = 1e-5,
): number[] {
  const at = inputs[position] as Rows
  const moved = (row: number, column: number, by: number) =>
    loss(
      ...inputs.map((input, index) =>
        index === position
          ? input.map((values, i) => values.map((value, k) => (i === row && k === column ? value + by : value)))
          : input,
      ),
    )
  return at.flatMap((values, row) =>
    values.map((_, column) => (moved(row, column, step) - moved(row, column, -step)) / (2 * step)),
  )
}

/** ‖actual − expected‖ / ‖expected‖, or by `smallest` where that is larger. */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[], smallest = 0): number {
  const difference = Math.hypot(...expected.map((value, index) => (actual[index] ?? Number.NaN) - value))
  return difference / Math.max(smallest, Math.hypot(...expected))
}
