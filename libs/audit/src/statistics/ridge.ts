/**
 * Solves (XᵀX + penalty·n·I) w = b for any b, where the n rows of X are given; the factorisation is done once, by Cholesky.
 * With b = Xᵀ(y − ȳ), w are the coefficients of ridge regression of y on roughly centred rows. penalty must be above 0.
 */
export function ridgeSolver(rows: readonly Float64Array[], penalty: number): (right: Float64Array) => Float64Array {
  const width = rows[0]?.length ?? 0
  const gram = new Float64Array(width * width)
  for (const row of rows)
    for (let i = 0; i < width; i++) {
      const value = row[i] as number
      for (let j = 0; j <= i; j++) gram[i * width + j] = (gram[i * width + j] as number) + value * (row[j] as number)
    }
  for (let i = 0; i < width; i++) gram[i * width + i] = (gram[i * width + i] as number) + penalty * rows.length
  const lower = factorise(gram, width)
  return (right) => solve(lower, right, width)
}

/** Lower triangle L of a positive definite matrix A = L·Lᵀ, in place of A's (Cholesky). */
export function factorise(a: Float64Array, width: number): Float64Array {
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
