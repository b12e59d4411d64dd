import { expect, it } from 'vitest'
import { colorOf, divergingScale, sequentialScale } from './color-scale'

const lightness = ([red, green, blue]: readonly [number, number, number]) =>
  0.2126 * red + 0.7152 * green + 0.0722 * blue

it('gives one scale to all matrices, with zero in the neutral middle for gaps', () => {
  expect(sequentialScale([new Float32Array([0.13, 0.5]), new Float32Array([-0.02, 0.91])])).toEqual({
    kind: 'sequential',
    low: -0.1,
    high: 1,
  })
  const gap = divergingScale([new Float32Array([0.04, -0.31]), new Float32Array([0.2])])
  expect(gap).toEqual({ kind: 'diverging', low: -0.4, high: 0.4 })
  expect(colorOf(gap, 0)).toEqual([246, 244, 240])
})

it('darkens steadily along the sequential scale, so that it reads without hue', () => {
  const scale = { kind: 'sequential', low: 0, high: 1 } as const
  const steps = Array.from({ length: 21 }, (_, index) => lightness(colorOf(scale, index / 20)))
  for (const [index, step] of steps.entries()) if (index > 0) expect(step).toBeLessThan(steps[index - 1] ?? 0)
})

it('clamps what lies outside and has a scale for no values at all', () => {
  const scale = sequentialScale([])
  expect(colorOf(scale, 9)).toEqual(colorOf(scale, 1))
  expect(divergingScale([])).toEqual({ kind: 'diverging', low: -0.1, high: 0.1 })
})
