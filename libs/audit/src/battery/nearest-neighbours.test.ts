import { describe, expect, it } from 'vitest'
import type { Answers } from '../probe/ask.js'
import { knnCorrect } from './nearest-neighbours.js'

/** Unit vectors in the plane at these angles, in degrees. */
const at = (...degrees: number[]): Answers => ({
  count: degrees.length,
  dimension: 2,
  unit: Float32Array.from(degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)])),
  defect: null,
}) // prettier-ignore
const references = at(0, 1, 2, 90, 91, 92)
const classes = Int32Array.of(0, 0, 0, 1, 1, 1)

describe('knnCorrect', () => {
  it('asks for each class that references have', () => {
    expect([...knnCorrect(at(1, 89, 3), Int32Array.of(0, 1, 1), references, classes)]).toEqual([1, 1, 0])
  })

  it('asks neither without a class nor for one that no reference has, which every model would fail alike', () => {
    expect([...knnCorrect(at(1, 89, 3), Int32Array.of(0, -1, 7), references, classes)]).toEqual([1])
    expect(knnCorrect(at(1, 89), Int32Array.of(0, 1), references, new Int32Array(6).fill(-1))).toHaveLength(0)
  })
})
