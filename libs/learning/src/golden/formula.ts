import { refuse } from '../learning-error.js'

/** A number for row i, column k. */
export type Formula = (i: number, k: number) => number

const FUNCTIONS: ReadonlyMap<string, (x: number) => number> = new Map([
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tanh', Math.tanh],
  ['exp', Math.exp],
  ['log', Math.log],
  ['sqrt', Math.sqrt],
  ['abs', Math.abs],
])
const LONGEST = 500

/**
 * Reads sums, products, powers (^, **) and the functions above over numbers, i, k and pi. Nothing else can be said in it, and
 * nothing is evaluated as code.
 *
 * @throws DomainError GOLDEN_INVALID
 */
export function parseFormula(text: string): Formula {
  const tokens = tokensOf(text)
  let at = 0
  const take = (...symbols: readonly string[]): string | undefined =>
    symbols.includes(tokens[at] ?? '') ? tokens[at++] : undefined
  const expect = (symbol: string): void => {
    if (take(symbol) === undefined) invalid(text)
  }

  const sum = (): Formula => {
    let left = product()
    for (let sign = take('+', '-'); sign !== undefined; sign = take('+', '-')) left = join(sign, left, product())
    return left
  }
  const product = (): Formula => {
    let left = signed()
    for (let sign = take('*', '/'); sign !== undefined; sign = take('*', '/')) left = join(sign, left, signed())
    return left
  }
  const signed = (): Formula => {
    if (take('+') !== undefined) return signed()
    if (take('-') === undefined) return power()
    const inner = signed()
    return (i, k) => -inner(i, k)
  }
  const power = (): Formula => {
    const base = atom()
    return take('^', '**') === undefined ? base : join('^', base, signed())
  }
  const atom = (): Formula => {
    const token = tokens[at++] ?? invalid(text)
    if (token === '(') return bracketed()
    if (token === 'i') return (i) => i
    if (token === 'k') return (_, k) => k
    if (token === 'pi') return () => Math.PI
    const call = FUNCTIONS.get(token)
    if (call !== undefined) {
      expect('(')
      const inner = bracketed()
      return (i, k) => call(inner(i, k))
    }
    const value = Number(token)
    return Number.isFinite(value) ? () => value : invalid(text)
  }
  const bracketed = (): Formula => {
    const inner = sum()
    expect(')')
    return inner
  }

  const formula = sum()
  return at === tokens.length ? formula : invalid(text)
}

function tokensOf(text: string): string[] {
  const tokens = text.match(/\s+|\d+(\.\d+)?(e[+-]?\d+)?|\.\d+|[a-z]+|\*\*|[-+*/^()]/gi) ?? []
  if (text.length > LONGEST || tokens.join('') !== text) invalid(text)
  return tokens.filter((token) => token.trim() !== '')
}

function join(sign: string, left: Formula, right: Formula): Formula {
  switch (sign) {
    case '+':
      return (i, k) => left(i, k) + right(i, k)
    case '-':
      return (i, k) => left(i, k) - right(i, k)
    case '*':
      return (i, k) => left(i, k) * right(i, k)
    case '/':
      return (i, k) => left(i, k) / right(i, k)
    default:
      return (i, k) => left(i, k) ** right(i, k)
  }
}

const invalid = (text: string): never =>
  refuse(
    'GOLDEN_INVALID',
    `The formula ${JSON.stringify(text.slice(0, 80))} cannot be read; use numbers, i, k, pi, + - * / ^ and ${[...FUNCTIONS.keys()].join(', ')}.`,
    'inputs',
  )
