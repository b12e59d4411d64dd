import { decodeImage } from '@lethe/datasets'
import { describe, expect, it } from 'vitest'
import { divergingScale, paletteIndex, paletteOf, sequentialScale, type Rgb } from './color-scale.js'
import { indexedPng } from './indexed-png.js'

/** OKLab lightness of an sRGB colour (Ottosson 2020). */
function lightness([red, green, blue]: Rgb): number {
  const [r, g, b] = [red, green, blue].map((byte) => {
    const value = byte / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s
}

const steps = (colours: readonly Rgb[]) =>
  colours.slice(1).map((colour, index) => lightness(colours[index] as Rgb) - lightness(colour))

describe('the colours of a heat map', () => {
  it('fall in lightness by equal steps, so that equal differences look equal', () => {
    const whole = lightness(paletteOf('sequential')[0] as Rgb) - lightness(paletteOf('sequential')[255] as Rgb)
    for (const part of [0, 64, 128, 192]) {
      const fall = steps(paletteOf('sequential').slice(part, part + 64)).reduce((sum, step) => sum + step, 0)
      expect(Math.abs(fall / whole - 63 / 255)).toBeLessThan(0.02)
    }
  })
  it('are as dark for a rise as for an equal fall, and lightest at zero', () => {
    const diverging = paletteOf('diverging')
    for (const at of [0, 40, 90]) {
      const [low, high] = [diverging[at] as Rgb, diverging[255 - at] as Rgb]
      expect(Math.abs(lightness(low) - lightness(high))).toBeLessThan(0.02)
      expect(Math.abs(low[0] - high[0]) + Math.abs(low[2] - high[2])).toBeGreaterThan(60)
    }
    const lightest = diverging.reduce((best, colour) => (lightness(colour) > lightness(best) ? colour : best))
    expect(diverging.slice(126, 130)).toContainEqual(lightest)
  })
  it('have limits that all maps of a kind share', () => {
    expect(sequentialScale([Float32Array.of(0.31, 0.5), Float32Array.of(-0.42)])).toMatchObject({
      low: -0.5,
      high: 0.5,
    })
    expect(divergingScale([Float32Array.of(-0.31), Float32Array.of(0.1)])).toMatchObject({ low: -0.4, high: 0.4 })
    expect(sequentialScale([])).toMatchObject({ low: 0, high: 1 })
    const scale = { kind: 'sequential', low: 0, high: 1 } as const
    expect([-9, 0, 0.5, 1, 9, Number.NaN].map((value) => paletteIndex(scale, value))).toEqual([0, 0, 128, 255, 255, 0])
  })
})

it.each([1, 3, 256])('a map with an edge of %i cells is a PNG of just these colours', async (size) => {
  const palette = paletteOf('diverging')
  const indices = Uint8Array.from({ length: size * size }, (_, at) => (at * 7) % 256)
  const rgb = await decodeImage(indexedPng(indices, size, palette), size)
  expect([...rgb]).toEqual([...indices].flatMap((index) => palette[index] as Rgb))
})
