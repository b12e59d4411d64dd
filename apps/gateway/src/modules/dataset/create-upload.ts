import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { Upload } from './dataset.types.js'

const validMs = 24 * 3_600_000

/**
 * Leave to send exactly these bytes, for a day, so that a broken upload can be gone on with. Nothing is registered until
 * they have arrived.
 */
export function createUpload(scope: Scope, input: { digest: string; sizeBytes: number }): Upload {
  const { services, tenantId } = scope
  const { digest, sizeBytes } = input
  if (sizeBytes < 1 || sizeBytes > services.maxUploadBytes)
    throw new DomainError(
      'UPLOAD_SIZE',
      `An upload has 1 to ${services.maxUploadBytes} bytes; split a larger dataset.`,
      'input.sizeBytes',
    )
  const expiresAt = new Date(scope.now().getTime() + validMs)
  const path = services.uploads.sign({ tenantId, digest, sizeBytes, expiresAt })
  return shape(Upload, { url: new URL(path, services.publicUrl).toString(), expiresAt })
}
