/**
 * EncoderMI's feature (arXiv 2108.11023): the mean cosine over all pairs of views of each sample. views: one array of rows
 * [n · d] for every view. → [n]
 */
export function viewAgreement(views: readonly Float32Array[], dimension: number): Float64Array {
  const units = views.map((rows) => unitRows(rows, dimension))
  const pairs = (units.length * (units.length - 1)) / 2
  const sums = new Float64Array((units[0]?.length ?? 0) / dimension)
  // Σ_{a<b} u_a·u_b = (‖Σ u‖² − Σ ‖u‖²) / 2
  sums.forEach((_, sample) => {
    let [whole, own] = [0, 0]
    for (let k = sample * dimension; k < (sample + 1) * dimension; k++) {
      let total = 0
      for (const rows of units) {
        const value = rows[k] as number
        total += value
        own += value ** 2
      }
      whole += total ** 2
    }
    sums[sample] = (whole - own) / 2 / pairs
  })
  return sums
}

/** Rows of length 1; a zero row stays zero. */
export function unitRows(rows: Float32Array, dimension: number): Float64Array {
  const units = Float64Array.from(rows)
  for (let first = 0; first < units.length; first += dimension) {
    const row = units.subarray(first, first + dimension)
    const length = Math.hypot(...row)
    if (length > 0) row.forEach((value, k) => (row[k] = value / length))
  }
  return units
}
