import { DomainError, type Digest } from '@lethe/domain'
import { createHash } from 'node:crypto'

/**
 * Blobs named by the SHA-256 of their bytes, apart for each tenant: the same bytes of two tenants are two blobs,
 * so that nobody learns from a digest what another tenant holds, and a deletion is the tenant's own.
 */
export interface ArtifactStore {
  /** Durable when it resolves. Putting what is there already changes nothing. */
  put(tenantId: string, bytes: Uint8Array): Promise<{ digest: Digest; size: number }>
  /**
   * The same of bytes that come piece by piece and are never held as a whole. The digest is known beforehand.
   *
   * @throws DomainError ARTIFACT_CORRUPT when the bytes do not have it; then nothing is kept
   */
  putStream(
    tenantId: string,
    digest: Digest,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<{ digest: Digest; size: number }>
  /** Bytes of a blob, or null where there is none. */
  sizeOf(tenantId: string, digest: Digest): Promise<number | null>
  /** The bytes whose digest was asked for, or a refusal: ARTIFACT_MISSING, ARTIFACT_CORRUPT. */
  get(tenantId: string, digest: Digest): Promise<Uint8Array>
  /**
   * The same for whoever hands the bytes on and never holds them as a whole. Who reads them to their end compares the digest.
   *
   * @throws DomainError ARTIFACT_MISSING, ARTIFACT_CORRUPT where a part of them is gone
   */
  getStream(tenantId: string, digest: Digest): Promise<{ size: number; bytes: AsyncIterable<Uint8Array> }>
  has(tenantId: string, digest: Digest): Promise<boolean>
  /** Gone when it resolves; false where there was nothing. */
  delete(tenantId: string, digest: Digest): Promise<boolean>
}

export const digestOf = (bytes: Uint8Array): Digest => createHash('sha256').update(bytes).digest('hex') as Digest

/** @throws DomainError ARTIFACT_NAME_INVALID: names come from messages and must not leave the tenant's folder. */
export function blobName(tenantId: string, digest: string): { tenant: string; digest: string } {
  if (/^[0-9a-f-]{36}$/.test(tenantId) && /^[0-9a-f]{64}$/.test(digest)) return { tenant: tenantId, digest }
  throw new DomainError(
    'ARTIFACT_NAME_INVALID',
    'A blob is named by a tenant id and a SHA-256 in lower-case hex.',
    'digest',
  )
}

export function verified(bytes: Uint8Array, digest: string): Uint8Array {
  if (digestOf(bytes) === digest) return bytes
  throw corrupt(digest)
}

/** Hands the pieces on, and throws ARTIFACT_CORRUPT at their end when they do not have the digest. */
export async function* checked(bytes: AsyncIterable<Uint8Array>, digest: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const piece of bytes) {
    hash.update(piece)
    yield piece
  }
  if (hash.digest('hex') !== digest) throw corrupt(digest)
}

export const corrupt = (digest: string): DomainError =>
  new DomainError(
    'ARTIFACT_CORRUPT',
    `The stored bytes of ${digest} do not have that digest; put the blob again from its source.`,
    'digest',
  )

export const missing = (digest: string): DomainError =>
  new DomainError('ARTIFACT_MISSING', `No blob ${digest} is stored for this tenant; upload it again.`, 'digest')
