/**
 * Bytes of standard, padded base64 (RFC 4648 §4), or undefined. Node skips what it does not know; a verifier must not,
 * or two different texts would pass as the same signature.
 */
export function bytesFromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
