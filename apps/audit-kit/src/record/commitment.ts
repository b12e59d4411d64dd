import { createHash } from 'node:crypto'
import type { ContentId, Digest } from '@lethe/domain'

/** SHA-256 over a secret salt and the sorted content ids: binds to the pictures, and tells nobody which they are. */
export function commitTo(contentIds: readonly ContentId[], salt: string): Digest {
  const hash = createHash('sha256').update(Buffer.from(salt, 'hex'))
  for (const id of [...contentIds].sort()) hash.update(id)
  return hash.digest('hex') as Digest
}
