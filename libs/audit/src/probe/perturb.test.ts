import { randomStream } from '@lethe/domain'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jitter, quantiseLikeJpeg, shiftByOne } from './perturb.js'
import { membershipScores } from './alignment.js'
import { whitenBy } from './whiten.js'

interface Reference {
  readonly dct: { block: number[][]; spectrum: number[][] }
  readonly whiten: { rows: number[][]; cosines: number[][] }
}

/** From SciPy: scipy.fft.dctn(block − 0.5, norm='ortho'); and NumPy: cosines under the inverse of the shrunken covariance. */
const reference = JSON.parse(
  readFileSync(new URL('../statistics/fixtures/power.json', import.meta.url), 'utf8'),
) as Reference

const random = randomStream(2)
const pictures = Float32Array.from({ length: 2 * 12 * 10 * 3 }, () => random())
const size = { height: 12, width: 10, channels: 3 }
// Half the contrast, so that nothing has to be clamped: its spectrum is half as high.
const flat = reference.dct.block.flat().map((value) => 0.25 + value / 2)

describe('quantiseLikeJpeg', () => {
  it('rounds SciPy’s spectrum of a block to multiples of the table at quality 90', () => {
    const rounded = quantiseLikeJpeg(Float32Array.from(flat), { height: 8, width: 8, channels: 1 })
    const error = rounded.map((value, k) => value - (flat[k] as number))
    // What was changed is the rounding of each coefficient, and the transform keeps lengths.
    const steps = [3, 2, 2, 3, 5, 8, 10, 12].map((step) => step / 255)
    const expected = steps.map((step, k) => {
      const value = ((reference.dct.spectrum[0] as number[])[k] as number) / 2
      return Math.round(value / step) * step - value
    })
    // Row 0 of the spectrum of the error, by the definition of the transform.
    expected.forEach((difference, u) => {
      let sum = 0
      for (let y = 0; y < 8; y++)
        for (let x = 0; x < 8; x++) sum += (error[y * 8 + x] as number) * Math.cos(((2 * x + 1) * u * Math.PI) / 16)
      expect(sum * Math.sqrt(1 / 8) * (u === 0 ? Math.sqrt(1 / 8) : 0.5)).toBeCloseTo(difference, 3)
    })
  })

  it('changes noise, keeps flat pictures, stays within [0, 1], and knows no other picture, whatever the size', () => {
    const rounded = quantiseLikeJpeg(pictures, size)
    expect(rounded.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(rounded.some((value, k) => Math.abs(value - (pictures[k] as number)) > 0.01)).toBe(true)
    expect(quantiseLikeJpeg(pictures.subarray(0, 360), size)).toEqual(rounded.subarray(0, 360))
    const grey = quantiseLikeJpeg(new Float32Array(360).fill(0.5), size)
    expect(Math.max(...grey.map((value) => Math.abs(value - 0.5)))).toBeLessThan(1e-6)
  })
})

describe('small changes', () => {
  it('jitter moves every number by its steps, the same way for one stream, within [0, 1]', () => {
    const [one, four] = [jitter(pictures, 1, randomStream(7)), jitter(pictures, 4, randomStream(7))]
    for (let k = 0; k < 200; k++) {
      const value = pictures[k] as number
      if (value < 0.02 || value > 0.98) continue
      expect(Math.abs((one[k] as number) - value)).toBeCloseTo(1 / 255, 6)
      expect((four[k] as number) - value).toBeCloseTo(4 * ((one[k] as number) - value), 5)
    }
  })

  it('shiftByOne takes each pixel from its left neighbour, in its own row', () => {
    const shifted = shiftByOne(pictures, size)
    const at = (y: number, x: number) => (y * 10 + x) * 3
    expect(shifted[at(3, 0)]).toBe(pictures[at(3, 0)])
    expect(shifted[at(3, 4)]).toBe(pictures[at(3, 3)])
    expect(shifted[at(4, 0) + 2]).toBe(pictures[at(4, 0) + 2])
  })
})

describe('whitenBy', () => {
  const { rows, cosines } = reference.whiten
  const embeddings = { count: 40, dimension: 3, views: [Float32Array.from(rows.flat())] }

  it('measures angles as NumPy does under the inverse covariance', () => {
    const [view] = whitenBy(embeddings)(embeddings).views as [Float32Array]
    cosines.forEach((row, i) =>
      row.forEach((cosine, j) => {
        let sum = 0
        for (let k = 0; k < 3; k++) sum += (view[i * 3 + k] as number) * (view[j * 3 + k] as number)
        expect(sum).toBeCloseTo(cosine, 5)
      }),
    )
  })

  it('stays finite where there is nothing to measure by', () => {
    const constant = { count: 4, dimension: 2, views: [new Float32Array(8).fill(1), new Float32Array(8).fill(1)] }
    expect(membershipScores(whitenBy(constant)(constant)).every(Number.isFinite)).toBe(true)
  })
})
