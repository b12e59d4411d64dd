/** Characters; a signature over a hundred thousand files is shorter. */
const MAX_LENGTH = 32_000_000

/** Undefined for what is no JSON, or longer than any signature. */
export function readJson(text: string): unknown {
  if (text.length > MAX_LENGTH) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
