import type { Histogram } from '@lethe/domain'
import type { Examined } from '../battery/test-context.js'

const BINS = 24

/** Per-sample alignment of both sets on the models before and after, over common edges. */
export function histogramsOf(before: Examined, after: Examined): Histogram[] {
  const series = [
    ['forget-before', before.alignment.forget],
    ['forget-after', after.alignment.forget],
    ['held-out-before', before.alignment.heldOut],
    ['held-out-after', after.alignment.heldOut],
  ] as const
  const values = series.flatMap(([, alignment]) => Array.from(alignment))
  const low = values.reduce((least, value) => Math.min(least, value), 1)
  const high = values.reduce((most, value) => Math.max(most, value), low + 1e-6)
  const edges = Array.from({ length: BINS + 1 }, (_, bin) => low + ((high - low) * bin) / BINS)
  return series.map(([name, alignment]) => ({ series: name, edges, counts: countInto(alignment, low, high) }))
}

/** The topmost value belongs to the last bin. */
function countInto(values: Float64Array, low: number, high: number): number[] {
  const counts = new Array<number>(BINS).fill(0)
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor(((value - low) / (high - low)) * BINS))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}
