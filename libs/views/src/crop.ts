import type { ViewParameters } from './view-parameters.js'

export interface Raster {
  readonly height: number
  readonly width: number
  readonly channels: number
}

interface Taps {
  readonly low: Int32Array
  readonly high: Int32Array
  /** Weight of the high tap. */
  readonly weight: Float32Array
}

/** Where each of `size` output pixels samples the interval [from, from + extent] of an axis (half-pixel centres). */
function taps(size: number, from: number, extent: number): Taps {
  const low = new Int32Array(size)
  const high = new Int32Array(size)
  const weight = new Float32Array(size)
  for (let index = 0; index < size; index++) {
    const place = Math.min(size - 1, Math.max(0, from + ((index + 0.5) * extent) / size - 0.5))
    const floor = Math.floor(place)
    low[index] = floor
    high[index] = Math.min(size - 1, floor + 1)
    weight[index] = place - floor
  }
  return { low, high, weight }
}

/**
 * The crop of one picture, resized bilinearly to its full size and mirrored if asked, as floats in [0, 1].
 * Reads `source` from `sourceOffset`, writes `target` from `targetOffset`; both are [height, width, channels].
 */
export function cropInto(
  target: Float32Array,
  targetOffset: number,
  source: Uint8Array,
  sourceOffset: number,
  { height, width, channels }: Raster,
  view: ViewParameters,
): void {
  const rows = taps(height, view.top, view.height)
  const columns = taps(width, view.left, view.width)
  for (let y = 0; y < height; y++) {
    const upper = sourceOffset + (rows.low[y] as number) * width * channels
    const lower = sourceOffset + (rows.high[y] as number) * width * channels
    const down = rows.weight[y] as number
    for (let x = 0; x < width; x++) {
      const near = (columns.low[x] as number) * channels
      const far = (columns.high[x] as number) * channels
      const right = columns.weight[x] as number
      const out = targetOffset + (y * width + (view.flipped ? width - 1 - x : x)) * channels
      for (let channel = 0; channel < channels; channel++) {
        const a = source[upper + near + channel] as number
        const b = source[lower + near + channel] as number
        const above = a + ((source[upper + far + channel] as number) - a) * right
        const below = b + ((source[lower + far + channel] as number) - b) * right
        target[out + channel] = (above + (below - above) * down) / 255
      }
    }
  }
}
