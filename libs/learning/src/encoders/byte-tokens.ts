/** Tokens of ByT5 (arXiv 2105.13626, section 3.1): padding, end, one unused, then the 256 bytes of UTF-8. */
export const PADDING = 0
export const END = 1
const FIRST_BYTE = 3
export const VOCABULARY = FIRST_BYTE + 256

/**
 * Each text as UTF-8 bytes, then `END`, then `PADDING` up to `contextLength`: [texts · contextLength]. Long texts are cut
 * between characters.
 */
export function tokenizeTexts(texts: readonly string[], contextLength: number): Int32Array {
  const tokens = new Int32Array(texts.length * contextLength).fill(PADDING)
  const bytes = new Uint8Array(contextLength - 1)
  const encoder = new TextEncoder()
  texts.forEach((text, row) => {
    // encodeInto never writes half a character.
    const { written } = encoder.encodeInto(text, bytes)
    const from = row * contextLength
    for (let at = 0; at < written; at++) tokens[from + at] = FIRST_BYTE + (bytes[at] as number)
    tokens[from + written] = END
  })
  return tokens
}
