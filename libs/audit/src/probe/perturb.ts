import type { RandomStream } from '@lethe/domain'

/** Size of one picture; rows of floats in [0, 1] are [height, width, channels]. */
export interface PictureSize {
  readonly height: number
  readonly width: number
  readonly channels: number
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value)

/** Every number moved by `steps` 255ths, up or down by a coin of its own: equal streams move alike, whatever the steps. */
export const jitter = (pictures: Float32Array, steps: number, random: RandomStream): Float32Array =>
  pictures.map((value) => clamp(value + (random() < 0.5 ? steps : -steps) / 255))

/** Everything one pixel to the right; the left edge is repeated. */
export function shiftByOne(pictures: Float32Array, { width, channels }: PictureSize): Float32Array {
  const row = width * channels
  return pictures.map((value, index) => (index % row < channels ? value : (pictures[index - channels] as number)))
}

/** Luminance table of JPEG (ITU-T T.81, annex K.1), here at quality 90 for every channel. */
const QUANTISERS = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
].map((step) => Math.max(1, Math.floor((20 * step + 50) / 100)) / 255)

/** Orthonormal DCT-II of length 8: BASIS[u * 8 + x]. */
const BASIS = Float64Array.from({ length: 64 }, (_, index) => {
  const [u, x] = [index >> 3, index & 7]
  return Math.cos(((2 * x + 1) * u * Math.PI) / 16) * (u === 0 ? Math.sqrt(1 / 8) : 1 / 2)
})

/** What JPEG's lossy step does: blocks of 8 × 8 by channel, cosine-transformed, rounded to multiples of its table, and back. */
export function quantiseLikeJpeg(pictures: Float32Array, size: PictureSize): Float32Array {
  const { height, width, channels } = size
  const result = new Float32Array(pictures.length)
  const block = new Float64Array(64)
  const picture = height * width * channels
  for (let start = 0; start < pictures.length; start += picture)
    for (let channel = 0; channel < channels; channel++)
      for (let top = 0; top < height; top += 8)
        for (let left = 0; left < width; left += 8) {
          // Blocks beyond the edge repeat its last row or column.
          const at = (y: number, x: number) =>
            start + (Math.min(height - 1, top + y) * width + Math.min(width - 1, left + x)) * channels + channel
          for (let y = 0; y < 8; y++)
            for (let x = 0; x < 8; x++) block[y * 8 + x] = (pictures[at(y, x)] as number) - 0.5
          roundSpectrum(block)
          for (let y = 0; y < Math.min(8, height - top); y++)
            for (let x = 0; x < Math.min(8, width - left); x++)
              result[at(y, x)] = clamp((block[y * 8 + x] as number) + 0.5)
        }
  return result
}

function roundSpectrum(block: Float64Array): void {
  const spectrum = transform(block, (u, x) => BASIS[u * 8 + x] as number)
  for (let k = 0; k < 64; k++) {
    const step = QUANTISERS[k] as number
    spectrum[k] = Math.round((spectrum[k] as number) / step) * step
  }
  block.set(transform(spectrum, (x, u) => BASIS[u * 8 + x] as number))
}

/** kernel · block · kernelᵀ */
function transform(block: Float64Array, kernel: (row: number, column: number) => number): Float64Array {
  const half = new Float64Array(64)
  const full = new Float64Array(64)
  for (let i = 0; i < 8; i++)
    for (let j = 0; j < 8; j++) {
      let sum = 0
      for (let k = 0; k < 8; k++) sum += kernel(i, k) * (block[k * 8 + j] as number)
      half[i * 8 + j] = sum
    }
  for (let i = 0; i < 8; i++)
    for (let j = 0; j < 8; j++) {
      let sum = 0
      for (let k = 0; k < 8; k++) sum += (half[i * 8 + k] as number) * kernel(j, k)
      full[i * 8 + j] = sum
    }
  return full
}

/** (1 − share)·from + share·to, number by number. */
export const blend = (from: Float32Array, to: Float32Array, share: number): Float32Array =>
  from.map((value, index) => value + share * ((to[index] as number) - value))
