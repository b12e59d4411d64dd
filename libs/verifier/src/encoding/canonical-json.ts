/** Far deeper than anything in a bundle; shallower than any stack. */
const MAX_DEPTH = 64

/**
 * The value that these bytes are the RFC 8785 text of, or null: no byte order mark, space, second key of one name, other order
 * of keys or other form of a number passes. Then two readers cannot take the same bytes for different things.
 */
export function parseCanonicalJson(bytes: Uint8Array): unknown {
  const text = textFromUtf8(bytes)
  if (text === null || nestsDeeper(text)) return null
  try {
    const value: unknown = JSON.parse(text)
    return canonicalText(value) === text ? value : null
  } catch {
    return null
  }
}

/** The value of any JSON text that nests no deeper than the above, or null. */
export function parsePlainJson(bytes: Uint8Array): unknown {
  const text = textFromUtf8(bytes)
  if (text === null || nestsDeeper(text)) return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

/** Text of well-formed UTF-8, or null. */
export function textFromUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** RFC 8785 of a value that JSON.parse gave: ECMAScript writes strings and numbers as it demands; keys are sorted by UTF-16 code units. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${quoted(key)}:${canonicalText(member)}`).join(',')}}`
}

/** RFC 8785 knows no half of a surrogate pair. */
function quoted(text: string): string {
  if (/\p{Cs}/u.test(text)) throw new SyntaxError('half a surrogate pair')
  return JSON.stringify(text)
}

/** Counted before parsing, since a parser that recurses may not return. */
function nestsDeeper(text: string): boolean {
  let depth = 0
  let isString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isString) {
      if (character === '\\') at++
      else if (character === '"') isString = false
    } else if (character === '"') isString = true
    else if (character === '{' || character === '[') {
      if (++depth > MAX_DEPTH) return true
    } else if (character === '}' || character === ']') depth--
  }
  return false
}
