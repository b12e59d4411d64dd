import { describe, expect, it } from 'vitest'
import { randomStream, shuffledIndices } from './random-stream.js'

const draw = (count: number, ...keys: number[]) => {
  const next = randomStream(...keys)
  return Array.from({ length: count }, next)
}

describe('randomStream', () => {
  it('repeats itself for equal keys and differs when any key, their order or their number differs', () => {
    expect(draw(5, 7, 1, 2)).toEqual(draw(5, 7, 1, 2))
    const others = [draw(5, 7, 2, 1), draw(5, 7, 1), draw(5, 7, 1, 2, 0), draw(5, 8, 1, 2)]
    for (const other of others) expect(other).not.toEqual(draw(5, 7, 1, 2))
  })

  it('is uniform along a stream and across neighbouring keys', () => {
    const along = draw(20_000, 3)
    const across = Array.from({ length: 20_000 }, (_, key) => draw(1, 3, key)[0] as number)
    for (const sample of [along, across]) {
      const bins = new Array<number>(20).fill(0)
      for (const value of sample) bins[Math.floor(value * 20)] = (bins[Math.floor(value * 20)] as number) + 1
      const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
      // 99.9 % quantile of χ² with 19 degrees of freedom.
      expect(chiSquare).toBeLessThan(43.82)
    }
  })

  it('shuffles every index exactly once', () => {
    const order = shuffledIndices(257, randomStream(11))
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 257 }, (_, index) => index))
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b))
  })
})
