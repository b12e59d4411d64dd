import { createHmac, timingSafeEqual } from 'node:crypto'

export interface UploadGrant {
  readonly tenantId: string
  /** SHA-256 of the bytes to come, lower-case hex. */
  readonly digest: string
  readonly sizeBytes: number
  readonly expiresAt: Date
}

export interface UploadSigner {
  /** Path and query below the gateway's address, for exactly these bytes. */
  sign(grant: UploadGrant): string
  /** The grant, or null when the signature is not ours, is for something else, or has expired. */
  verify(request: { tenantId: string; digest: string; query: unknown; now: Date }): UploadGrant | null
}

export function createUploadSigner(secret: string): UploadSigner {
  const signatureOf = (grant: UploadGrant): string =>
    createHmac('sha256', secret)
      .update(`upload\n${grant.tenantId}\n${grant.digest}\n${grant.sizeBytes}\n${grant.expiresAt.getTime()}`)
      .digest('base64url')
  return {
    sign: (grant) => {
      const query = new URLSearchParams({
        size: String(grant.sizeBytes),
        expires: String(grant.expiresAt.getTime()),
        sig: signatureOf(grant),
      })
      return `/v1/uploads/${grant.tenantId}/${grant.digest}?${query.toString()}`
    },
    verify: ({ tenantId, digest, query, now }) => {
      const { size, expires, sig } = query as Record<string, unknown>
      if (!isWhole(size) || !isWhole(expires) || typeof sig !== 'string') return null
      const grant = { tenantId, digest, sizeBytes: Number(size), expiresAt: new Date(Number(expires)) }
      if (Number.isNaN(grant.expiresAt.getTime()) || grant.expiresAt <= now) return null
      const expected = Buffer.from(signatureOf(grant))
      const given = Buffer.from(sig)
      return expected.length === given.length && timingSafeEqual(expected, given) ? grant : null
    },
  }
}

const isWhole = (value: unknown): value is string => typeof value === 'string' && /^\d{1,15}$/.test(value)
