import { computeEntry, type Parts } from './golden-entries.js'
import { disposeInputs, readGolden } from './golden-inputs.js'

export interface GoldenResult {
  readonly name: string
  /** ‖computed − expected‖ / ‖expected‖, the largest over the entry's members; infinite where it cannot be compared. */
  readonly worstRelativeError: number
  readonly ok: boolean
}

export interface GoldenCheck {
  readonly entries: readonly GoldenResult[]
  readonly ok: boolean
}

/**
 * Computes every entry of a golden file on the current backend and compares. An entry of an unknown name, with a member that
 * is not computed or of another size, is not ok: nothing is passed over.
 *
 * @throws DomainError GOLDEN_INVALID
 */
export function checkGolden(json: unknown, tolerance = 1e-5): GoldenCheck {
  const { inputs, entries } = readGolden(json)
  const results = [...entries].map(([name, expected]): GoldenResult => {
    const computed = computeEntry(name, inputs)
    const worstRelativeError = computed === null ? Infinity : worstError(computed, expected)
    return { name, worstRelativeError, ok: worstRelativeError <= tolerance }
  })
  disposeInputs(inputs)
  return { entries: results, ok: results.length > 0 && results.every(({ ok }) => ok) }
}

function worstError(computed: Parts, expected: unknown): number {
  const errors = membersOf(expected).map(([member, value]) => {
    const actual = computed[member]
    const numbers = [value].flat(Infinity)
    if (actual?.length !== numbers.length || !numbers.every((number) => typeof number === 'number')) return Infinity
    return relativeError(actual, numbers)
  })
  return errors.length === 0 ? Infinity : Math.max(...errors.map((error) => (Number.isNaN(error) ? Infinity : error)))
}

/** An object's members but for those that are null, which say "no gradient"; else the value itself. */
const membersOf = (expected: unknown): [string, unknown][] =>
  typeof expected === 'object' && expected !== null && !Array.isArray(expected)
    ? Object.entries(expected).filter(([, value]) => value !== null)
    : [['value', expected]]

/** Absolute where nothing but zeros is expected. */
function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  let error = 0
  let size = 0
  expected.forEach((value, at) => {
    error += ((actual[at] as number) - value) ** 2
    size += value ** 2
  })
  return Math.sqrt(error) / (size === 0 ? 1 : Math.sqrt(size))
}
