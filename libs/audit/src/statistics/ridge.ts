/**
 * Coefficients of ridge regression of `targets` (centred) on `rows` (each [k], roughly centred): solves
 * (XᵀX + penalty·n·I) w = Xᵀ(y − ȳ) by Cholesky. penalty must be above 0.
 */
export function ridgeDirection(
  rows: readonly Float64Array[],
  targets: readonly number[],
  penalty: number,
): Float64Array {
  const width = rows[0]?.length ?? 0
  const average = targets.reduce((sum, target) => sum + target, 0) / targets.length
  const gram = new Float64Array(width * width)
  const right = new Float64Array(width)
  rows.forEach((row, index) => {
    const target = (targets[index] as number) - average
    for (let i = 0; i < width; i++) {
      const value = row[i] as number
      right[i] = (right[i] as number) + value * target
      for (let j = 0; j <= i; j++) gram[i * width + j] = (gram[i * width + j] as number) + value * (row[j] as number)
    }
  })
  for (let i = 0; i < width; i++) gram[i * width + i] = (gram[i * width + i] as number) + penalty * rows.length
  return solve(factorise(gram, width), right, width)
}

/** Lower triangle L of a positive definite matrix A = L·Lᵀ, in place of A's. */
function factorise(a: Float64Array, width: number): Float64Array {
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * width + j] as number
      for (let k = 0; k < j; k++) sum -= (a[i * width + k] as number) * (a[j * width + k] as number)
      a[i * width + j] = i === j ? Math.sqrt(sum) : sum / (a[j * width + j] as number)
    }
  return a
}

function solve(lower: Float64Array, right: Float64Array, width: number): Float64Array {
  const x = right.slice()
  for (let i = 0; i < width; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - (lower[i * width + k] as number) * (x[k] as number)
    x[i] = (x[i] as number) / (lower[i * width + i] as number)
  }
  for (let i = width - 1; i >= 0; i--) {
    for (let k = i + 1; k < width; k++) x[i] = (x[i] as number) - (lower[k * width + i] as number) * (x[k] as number)
    x[i] = (x[i] as number) / (lower[i * width + i] as number)
  }
  return x
}
