import type { PackedImages } from '@lethe/domain'

const SEEDS = [0x811c9dc5, 0x9747b28c] as const

/**
 * Two 32-bit words per picture, by its pixels: [n · 2]. They tell in a queue whose key is whose; equal pictures share theirs,
 * so that a copy of a forgotten picture is purged with it.
 */
export function sampleTags({ data, count, height, width, channels }: PackedImages): Int32Array {
  const size = height * width * channels
  const tags = new Int32Array(2 * count)
  for (let index = 0; index < count; index++) {
    let [first, second] = SEEDS as readonly [number, number]
    for (let at = index * size; at < (index + 1) * size; at++) {
      const byte = data[at] as number
      first = Math.imul(first ^ byte, 0x01000193)
      second = Math.imul(second ^ (byte + 1), 0x5bd1e995)
      second ^= second >>> 15
    }
    tags[2 * index] = first
    tags[2 * index + 1] = second
  }
  return tags
}
