import { describe, expect, it } from 'vitest'
import { parseFormula } from './formula.js'

describe('parseFormula', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 - 3 - 2', 3],
    ['8 / 4 / 2', 1],
    ['-2 ^ 2', -4],
    ['2 ^ 3 ^ 2', 512],
    ['2 ** -1', 0.5],
    ['1.5e1 + .5', 15.5],
    ['sin(0.3*i*i+k)', Math.sin(0.3 * 4 * 4 + 3)],
    ['cos(pi) * sqrt(i) - exp(log(k))', -2 - 3],
    ['--i', 4],
  ])('%s', (text, expected) => {
    expect(parseFormula(text)(4, 3)).toBeCloseTo(expected, 12)
  })

  it.each([
    '',
    '1 +',
    '(1',
    '1)',
    'sin 1',
    'x',
    'i k',
    'constructor(1)',
    'i.toString()',
    '1;2',
    '`i`',
    '1'.repeat(501),
  ])('refuses %j', (text) => {
    expect(() => parseFormula(text)).toThrow(expect.objectContaining({ code: 'GOLDEN_INVALID' }))
  })
})
