/**
 * Bytes of standard, padded base64 (RFC 4648 §4), or null. Exactly one text stands for given bytes: stray characters, missing
 * padding and bits that no byte uses are refused, or two different texts would pass as one signature.
 */
export function bytesFromBase64(text: string): Uint8Array | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return base64FromBytes(bytes) === text ? bytes : null
}

export function base64FromBytes(bytes: Uint8Array): string {
  // In parts: a call has room for so many arguments only.
  let binary = ''
  for (let from = 0; from < bytes.length; from += 8192)
    binary += String.fromCharCode(...bytes.subarray(from, from + 8192))
  return btoa(binary)
}
