/** Red, green, blue in [0, 255]. */
export type Rgb = readonly [number, number, number]

// Sequential: lightness falls evenly, so that it reads without hue and in print (after Crameri's "oslo", thinned).
const sequentialStops: readonly Rgb[] = [
  [247, 250, 252],
  [196, 216, 233],
  [134, 171, 206],
  [74, 120, 169],
  [31, 72, 117],
  [10, 28, 52],
]

// Diverging: blue for risen, orange-brown for fallen, told apart with every common colour vision (after Crameri's "vik").
const divergingStops: readonly Rgb[] = [
  [8, 48, 97],
  [52, 116, 168],
  [148, 189, 216],
  [246, 244, 240],
  [226, 171, 128],
  [186, 94, 41],
  [94, 32, 8],
]

/** Colour at `position` in [0, 1] along evenly spaced stops; values outside are clamped. */
function along(stops: readonly Rgb[], position: number): Rgb {
  const scaled = Math.min(1, Math.max(0, position)) * (stops.length - 1)
  const index = Math.min(stops.length - 2, Math.floor(scaled))
  const low = stops[index] ?? [0, 0, 0]
  const high = stops[index + 1] ?? low
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(low[channel] + (high[channel] - low[channel]) * (scaled - index))
  return [mix(0), mix(1), mix(2)]
}

export interface Scale {
  kind: 'sequential' | 'diverging'
  low: number
  high: number
}

export const colorOf = (scale: Scale, value: number): Rgb =>
  along(scale.kind === 'sequential' ? sequentialStops : divergingStops, (value - scale.low) / (scale.high - scale.low))

/** Limits rounded outward to tenths, so that the legend has round numbers. */
export function sequentialScale(values: Iterable<Float32Array>): Scale {
  let low = Infinity
  let high = -Infinity
  for (const data of values) {
    for (const value of data) {
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (low > high) return { kind: 'sequential', low: 0, high: 1 }
  const floor = Math.floor(low * 10 + 1e-6) / 10
  return { kind: 'sequential', low: floor, high: Math.max(Math.ceil(high * 10 - 1e-6) / 10, floor + 0.1) }
}

/** Symmetric around zero: zero has always the neutral colour. */
export function divergingScale(values: Iterable<Float32Array>): Scale {
  let reach = 0
  for (const data of values) for (const value of data) reach = Math.max(reach, Math.abs(value))
  const limit = Math.max(0.1, Math.ceil(reach * 10 - 1e-6) / 10)
  return { kind: 'diverging', low: -limit, high: limit }
}
