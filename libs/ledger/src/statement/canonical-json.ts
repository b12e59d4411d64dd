import canonicalize from 'canonicalize'
import { ledgerError } from '../errors.js'

/**
 * RFC 8785 text of plain JSON. Members that are undefined are left out, as in JSON; everything else that JSON cannot
 * hold (NaN, a date, a function, half a surrogate pair) is refused with its path instead of being turned into something.
 */
export function canonicalJson(value: Readonly<Record<string, unknown>>): string {
  assertJson(value, '')
  const text = canonicalize(value)
  if (text === undefined) throw ledgerError('STATEMENT_MALFORMED', 'Only a JSON object can be recorded.')
  return text
}

/** Far deeper than any statement; shallower than any stack. */
const MAX_DEPTH = 64

function assertJson(value: unknown, path: string, depth = 0): void {
  if (depth > MAX_DEPTH)
    throw ledgerError('STATEMENT_MALFORMED', `Nested deeper than ${MAX_DEPTH}; flatten it.`, path.slice(1))
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value === 'string' && !/\p{Cs}/u.test(value)) return
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) assertJson(item, `${path}.${index}`, depth + 1)
    return
  }
  if (isPlainObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      assertJson(key, path)
      if (member !== undefined) assertJson(member, `${path}.${key}`, depth + 1)
    }
    return
  }
  throw ledgerError(
    'STATEMENT_MALFORMED',
    `Only plain JSON can be recorded; ${path.slice(1) || 'the value'} is not.`,
    path.slice(1),
  )
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
