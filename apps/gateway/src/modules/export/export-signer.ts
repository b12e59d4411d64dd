import { createPrivateKey, createPublicKey, hkdfSync, sign } from 'node:crypto'
import { canonicalJson } from '@lethe/ledger'

/** What an export ends with, in a DSSE envelope. */
export const manifestType = 'application/vnd.lethe.export-manifest+json'

export interface Envelope {
  readonly payload: string
  readonly payloadType: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
}

export interface ExportSigner {
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKeyPem: string
  /** DSSE v1 over the canonical JSON (RFC 8785) of a manifest. */
  sign(manifest: Readonly<Record<string, unknown>>): Envelope
}

/** Head of an Ed25519 private key in PKCS #8 (RFC 8410 § 7); the 32 bytes of the seed follow. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** An Ed25519 key of the gateway's own: not the log's, which only the registrar has. It follows from the secret. */
export function createExportSigner(secret: string): ExportSigner {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'lethe export manifest', 32))
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key)
  const keyid = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
  return {
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign(manifest) {
      const payload = Buffer.from(canonicalJson({ ...manifest }))
      const head = Buffer.from(`DSSEv1 ${manifestType.length} ${manifestType} ${payload.length} `)
      const sig = sign(null, Buffer.concat([head, payload]), key).toString('base64')
      return { payload: payload.toString('base64'), payloadType: manifestType, signatures: [{ keyid, sig }] }
    },
  }
}
