import type { PackedImages } from '@lethe/domain'

/** A picture is seen as this many cells squared, mean and spread of each channel. */
const CELLS = 4

/** Per picture: mean and standard deviation of each channel in each cell. */
export function pixelFeatures({ data, count, height, width, channels }: PackedImages): Float64Array[] {
  return Array.from({ length: count }, (_, picture) => {
    const sums = new Float64Array(CELLS * CELLS * channels)
    const squares = new Float64Array(sums.length)
    const members = new Float64Array(sums.length)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const cell = Math.floor((y * CELLS) / height) * CELLS + Math.floor((x * CELLS) / width)
        for (let channel = 0; channel < channels; channel++) {
          const value = (data[((picture * height + y) * width + x) * channels + channel] as number) / 255
          const slot = cell * channels + channel
          sums[slot] = (sums[slot] as number) + value
          squares[slot] = (squares[slot] as number) + value ** 2
          members[slot] = (members[slot] as number) + 1
        }
      }
    const means = sums.map((sum, slot) => sum / Math.max(1, members[slot] as number))
    const spreads = squares.map((square, slot) =>
      Math.sqrt(Math.max(0, square / Math.max(1, members[slot] as number) - (means[slot] as number) ** 2)),
    )
    return Float64Array.from([...means, ...spreads])
  })
}

/** Every feature to mean 0 and deviation 1 over all rows; constant features to 0. */
export function standardise(rows: readonly Float64Array[]): Float64Array[] {
  const width = rows[0]?.length ?? 0
  const centre = new Float64Array(width)
  const spread = new Float64Array(width)
  for (const row of rows) row.forEach((value, k) => (centre[k] = (centre[k] as number) + value / rows.length))
  for (const row of rows)
    row.forEach((value, k) => (spread[k] = (spread[k] as number) + (value - (centre[k] as number)) ** 2 / rows.length))
  return rows.map((row) =>
    row.map((value, k) => {
      const deviation = Math.sqrt(spread[k] as number)
      return deviation < 1e-9 ? 0 : (value - (centre[k] as number)) / deviation
    }),
  )
}
