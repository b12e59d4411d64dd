import { expect, it } from 'vitest'
import { summarizeMatrix } from './matrix-summary'

it('tells the diagonal from the rest', () => {
  const data = new Float32Array([1, 0, 0.5, 0.25, 0.5, 0, -0.5, 0.75, 0])
  expect(summarizeMatrix({ shape: [3, 3], data })).toEqual({ diagonal: 0.5, offDiagonal: 1 / 6, low: -0.5, high: 1 })
})

it('has no rest in a matrix of one', () => {
  expect(summarizeMatrix({ shape: [1, 1], data: new Float32Array([0.5]) })).toEqual({
    diagonal: 0.5,
    offDiagonal: null,
    low: 0.5,
    high: 0.5,
  })
})
