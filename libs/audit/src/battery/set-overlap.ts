import type { PackedImages } from '@lethe/domain'

/** Mean difference of two pictures, in 255ths, up to which they are taken for one: below any new photograph, above a re-encoding. */
const NEAR = 2
/** No number of two equal pictures differs by more, in 255ths: the hands of two clocks are few pixels, and another picture. */
const MOST = 48
/** Edge of the thumbnails by which far pictures are told apart quickly. */
const CELLS = 4

/** How many pictures of `first` are in `second`, byte for byte or nearly. Sets of another size of picture share none. */
export function countShared(first: PackedImages, second: PackedImages): number {
  if (first.height !== second.height || first.width !== second.width || first.channels !== second.channels) return 0
  const [small, others] = [thumbnails(first), thumbnails(second)]
  const size = first.height * first.width * first.channels
  const width = CELLS * CELLS * first.channels
  let shared = 0
  for (let picture = 0; picture < first.count; picture++) {
    for (let other = 0; other < second.count; other++) {
      // The difference of means never exceeds the mean of differences, so what differs here differs there.
      if (meanDifference(small, picture, others, other, width) > NEAR) continue
      if (!isNearlyEqual(first.data, picture, second.data, other, size)) continue
      shared += 1
      break
    }
  }
  return shared
}

function isNearlyEqual(a: Uint8Array, i: number, b: Uint8Array, j: number, size: number): boolean {
  let sum = 0
  for (let k = 0; k < size; k++) {
    const difference = Math.abs((a[i * size + k] as number) - (b[j * size + k] as number))
    sum += difference
    if (difference > MOST || sum > NEAR * size) return false
  }
  return true
}

function meanDifference(a: Float32Array, i: number, b: Float32Array, j: number, size: number): number {
  const most = NEAR * size
  let sum = 0
  for (let k = 0; k < size && sum <= most; k++)
    sum += Math.abs((a[i * size + k] as number) - (b[j * size + k] as number))
  return sum / size
}

/**
 * [count, CELLS · CELLS · channels]: sums over cells, each divided by the size of an equal cell, so that a thumbnail's mean difference
 * is at most that of the pictures.
 */
function thumbnails({ data, count, height, width, channels }: PackedImages): Float32Array {
  const small = new Float32Array(count * CELLS * CELLS * channels)
  const share = (CELLS * CELLS) / (height * width)
  for (let picture = 0; picture < count; picture++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const cell = Math.floor((y * CELLS) / height) * CELLS + Math.floor((x * CELLS) / width)
        for (let channel = 0; channel < channels; channel++) {
          const at = (picture * CELLS * CELLS + cell) * channels + channel
          const value = data[((picture * height + y) * width + x) * channels + channel] as number
          small[at] = (small[at] as number) + value * share
        }
      }
  return small
}
