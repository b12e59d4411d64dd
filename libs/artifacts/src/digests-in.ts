import type { Digest } from '@lethe/domain'

/** Every SHA-256 in lower-case hex that a message names, wherever it stands there. */
export function digestsIn(message: unknown): Digest[] {
  const named = JSON.stringify(message).match(/"[0-9a-f]{64}"/g) ?? []
  return [...new Set(named.map((quoted) => quoted.slice(1, -1) as Digest))]
}
