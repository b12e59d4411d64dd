import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'

/**
 * Asked before each batch of what is streamed, since rights may end while somebody reads.
 *
 * @throws DomainError EXPORT_ENDED; the stream then breaks off
 */
export async function assertStillAllowed(scope: Scope): Promise<void> {
  if (await scope.isStillAllowed()) return
  throw new DomainError('EXPORT_ENDED', 'The right to what is exported, or the token, ended meanwhile; sign in anew.')
}
