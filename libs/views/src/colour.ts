import type { ViewParameters } from './view-parameters.js'

/** Rec. 601 luma. */
const LUMA = [0.299, 0.587, 0.114] as const

type Jitter = NonNullable<ViewParameters['jitter']>

/**
 * Changes the colours of one RGB picture of floats in [0, 1] in place: brightness, contrast about the mean grey, hue (turned
 * about the grey axis) and saturation as one linear map, clamped once; then greyscale. `pixels` is [h·w, 3] from `offset`.
 */
export function recolour(pixels: Float32Array, offset: number, count: number, view: ViewParameters): void {
  if (view.jitter !== null)
    applyMatrix(pixels, offset, count, jitterMatrix(view.jitter), contrastShift(pixels, offset, count, view.jitter))
  if (view.greyscale) applyMatrix(pixels, offset, count, [...LUMA, ...LUMA, ...LUMA], 0)
}

const contrastShift = (pixels: Float32Array, offset: number, count: number, jitter: Jitter): number => {
  let sum = 0
  for (let at = offset; at < offset + 3 * count; at += 3)
    sum +=
      LUMA[0] * (pixels[at] as number) + LUMA[1] * (pixels[at + 1] as number) + LUMA[2] * (pixels[at + 2] as number)
  return (sum / count) * jitter.brightness * (1 - jitter.contrast)
}

/** Row-major 3 × 3. Every row of the hue and saturation parts sums to 1, so the grey axis is kept. */
function jitterMatrix({ brightness, contrast, saturation, hue }: Jitter): number[] {
  const cos = Math.cos(2 * Math.PI * hue)
  const sin = Math.sin(2 * Math.PI * hue)
  const rotation = Array.from({ length: 9 }, (_, index) => {
    const row = Math.floor(index / 3)
    const column = index % 3
    const cross = row === column ? 0 : (column - row + 3) % 3 === 1 ? -1 : 1
    return (row === column ? cos : 0) + (1 - cos) / 3 + (cross * sin) / Math.sqrt(3)
  })
  const gain = brightness * contrast
  return rotation.map((_, index) => {
    const row = Math.floor(index / 3)
    const column = index % 3
    const grey = [0, 1, 2].reduce((sum, k) => sum + (LUMA[k] as number) * (rotation[3 * k + column] as number), 0)
    return gain * (grey + ((rotation[3 * row + column] as number) - grey) * saturation)
  })
}

const clamp = (value: number) => (value < 0 ? 0 : value > 1 ? 1 : value)

function applyMatrix(
  pixels: Float32Array,
  offset: number,
  count: number,
  matrix: readonly number[],
  shift: number,
): void {
  const [m00, m01, m02, m10, m11, m12, m20, m21, m22] = matrix as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  for (let at = offset; at < offset + 3 * count; at += 3) {
    const red = pixels[at] as number
    const green = pixels[at + 1] as number
    const blue = pixels[at + 2] as number
    pixels[at] = clamp(m00 * red + m01 * green + m02 * blue + shift)
    pixels[at + 1] = clamp(m10 * red + m11 * green + m12 * blue + shift)
    pixels[at + 2] = clamp(m20 * red + m21 * green + m22 * blue + shift)
  }
}
