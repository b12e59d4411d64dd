import { announceUpload } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { Upload } from './dataset.types.js'

const validMs = 24 * 3_600_000

/**
 * Leave to send exactly these bytes, for a day, so that a broken upload can be gone on with. Nothing is registered until
 * they have arrived; room for them is kept meanwhile.
 *
 * @throws DomainError UPLOAD_SIZE, QUOTA_STORAGE
 */
export async function createUpload(scope: Scope, input: { digest: string; sizeBytes: number }): Promise<Upload> {
  const { services, tenantId, db } = scope
  const { digest, sizeBytes } = input
  if (sizeBytes < 1 || sizeBytes > services.maxUploadBytes)
    throw new DomainError(
      'UPLOAD_SIZE',
      `An upload has 1 to ${services.maxUploadBytes} bytes; split a larger dataset.`,
      'input.sizeBytes',
    )
  const now = scope.now()
  const expiresAt = new Date(now.getTime() + validMs)
  await db.$transaction((tx) => announceUpload(tx, { tenantId, digest, bytes: sizeBytes, expiresAt, now }))
  const path = services.uploads.sign({ tenantId, digest, sizeBytes, expiresAt })
  return shape(Upload, { url: new URL(path, services.publicUrl).toString(), expiresAt })
}
