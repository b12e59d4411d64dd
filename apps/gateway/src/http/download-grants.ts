import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { Role, TenantId, UserId } from '@lethe/domain'
import { z } from 'zod'

const Holder = z.strictObject({
  userId: UserId,
  email: z.string(),
  name: z.string(),
  role: Role,
  tenantId: TenantId.nullable(),
  issuer: z.string().nullable(),
  expiresAt: z.iso.datetime().transform((text) => new Date(text)),
})

/** Who fetches, and what: one path, with GET, for some minutes. Of a key, its digest. */
const DownloadGrant = z.strictObject({
  path: z.string(),
  expiresAt: z.iso.datetime().transform((text) => new Date(text)),
  by: z.union([z.strictObject({ holder: Holder }), z.strictObject({ keyDigest: z.string() })]),
})
export type DownloadGrant = z.output<typeof DownloadGrant>

export interface DownloadGrants {
  /** Opaque text for an address: it names nobody to whoever reads it, and nobody can change it. */
  seal(grant: DownloadGrant): string
  /** The grant, or null where it is not ours, was changed, is for another path or has expired. */
  open(sealed: string, path: string, now: Date): DownloadGrant | null
}

const [ivBytes, tagBytes] = [12, 16]

/** AES-256-GCM under a key of its own, which is derived from the gateway's secret. */
export function createDownloadGrants(secret: string): DownloadGrants {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'lethe download grant', 32))
  return {
    seal: (grant) => {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const text = Buffer.concat([cipher.update(JSON.stringify(grant)), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')
    },
    open: (sealed, path, now) => {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length <= ivBytes + tagBytes || bytes.toString('base64url') !== sealed) return null
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes))
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
        const grant = DownloadGrant.parse(JSON.parse(text.toString()))
        return grant.path === path && grant.expiresAt > now ? grant : null
      } catch {
        return null
      }
    },
  }
}
