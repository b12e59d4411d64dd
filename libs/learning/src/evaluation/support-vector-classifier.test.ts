import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fitSupportVectors } from './support-vector-classifier.js'

interface SvcCase {
  readonly name: string
  readonly first: number[]
  readonly second: number[]
  readonly at: number[]
  readonly decision: number[]
}
/** Decisions of scikit-learn; see `about` in the file. */
const { cases } = JSON.parse(readFileSync(new URL('./fixtures/svc.json', import.meta.url), 'utf8')) as {
  cases: SvcCase[]
}

describe('fitSupportVectors', () => {
  it.each(cases)('decides as scikit-learn does: $name', ({ first, second, at, decision }) => {
    const decide = fitSupportVectors(first, second)
    // Both stop within 1e-3 of the optimality conditions.
    at.forEach((value, n) => expect(Math.abs(decide(value) - (decision[n] as number))).toBeLessThan(5e-3))
  })

  it('says nothing where all numbers are equal', () => {
    expect(fitSupportVectors([1, 1, 1], [1, 1, 1])(1)).toBeCloseTo(0, 6)
  })
})
