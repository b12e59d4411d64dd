/** Red, green, blue, 0 … 255. */
export type Rgb = readonly [number, number, number]

export type ScaleKind = 'sequential' | 'diverging'

/** Which numbers the ends of a scale stand for. */
export interface Scale {
  readonly kind: ScaleKind
  readonly low: number
  readonly high: number
}

/** Colours of a scale from its low to its high end. */
export const PALETTE_SIZE = 256

const LIGHTEST = 0.975
const DARKEST = 0.3
/** Hues of OKLCH in degrees that every common colour vision tells apart. */
const BLUE = 250
const ORANGE = 50

/** OKLab (Ottosson 2020) to sRGB bytes; what lies outside of sRGB is cut. */
function rgbOf(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const byte = (linear: number) => {
    const kept = Math.min(1, Math.max(0, linear))
    return Math.round(255 * (kept <= 0.0031308 ? 12.92 * kept : 1.055 * kept ** (1 / 2.4) - 0.055))
  }
  return [
    byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    byte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

/** From light at 0 to dark at 1: perceived lightness falls in equal steps, so that it reads without hue and on paper. */
function shade(depth: number, hue: number): Rgb {
  const lightness = LIGHTEST + (DARKEST - LIGHTEST) * depth
  // Some colour is left at the dark end: there the two sides of a diverging scale must still differ.
  return rgbOf(lightness, 0.13 * Math.sin(0.75 * Math.PI * depth), hue)
}

const colourAt = (kind: ScaleKind, position: number): Rgb =>
  kind === 'sequential' ? shade(position, BLUE) : shade(Math.abs(2 * position - 1), position < 0.5 ? BLUE : ORANGE)

const palettes = {
  sequential: Array.from({ length: PALETTE_SIZE }, (_, index) => colourAt('sequential', index / (PALETTE_SIZE - 1))),
  diverging: Array.from({ length: PALETTE_SIZE }, (_, index) => colourAt('diverging', index / (PALETTE_SIZE - 1))),
}

/** {@link PALETTE_SIZE} colours, low to high. Diverging is lightest in its middle, which stands for zero. */
export const paletteOf = (kind: ScaleKind): readonly Rgb[] => palettes[kind]

/** Place of a value in its palette; values outside the scale, and such as are no number, go to the nearest end. */
export function paletteIndex({ low, high }: Scale, value: number): number {
  const position = (value - low) / (high - low)
  return Math.round(Math.min(1, Math.max(0, Number.isNaN(position) ? 0 : position)) * (PALETTE_SIZE - 1))
}

/** Limits rounded outward to tenths, so that the legend has round numbers. */
export function sequentialScale(matrices: readonly Float32Array[]): Scale {
  let low = Infinity
  let high = -Infinity
  for (const matrix of matrices)
    for (const value of matrix) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  if (!(low <= high)) return { kind: 'sequential', low: 0, high: 1 }
  const floor = Math.floor(low * 10 + 1e-6) / 10
  return { kind: 'sequential', low: floor, high: Math.max(Math.ceil(high * 10 - 1e-6) / 10, floor + 0.1) }
}

/** Symmetric around zero, so that zero always has the lightest colour. */
export function divergingScale(matrices: readonly Float32Array[]): Scale {
  let reach = 0
  for (const matrix of matrices) for (const value of matrix) reach = Math.max(reach, Math.abs(value))
  const limit = Math.max(0.1, Math.ceil(reach * 10 - 1e-6) / 10)
  return { kind: 'diverging', low: -limit, high: limit }
}
