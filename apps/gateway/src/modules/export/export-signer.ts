import { sign } from 'node:crypto'
import { canonicalJson, exportKey } from '@lethe/ledger'

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

/** By a key of the gateway's own: not the log's, which only the registrar has. `host`: of whoever runs the platform. */
export function createExportSigner(secret: string, host: string): ExportSigner {
  const { name, id, publicKey, privateKey } = exportKey(secret, host)
  return {
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign(manifest) {
      const payload = Buffer.from(canonicalJson({ ...manifest }))
      const head = Buffer.from(`DSSEv1 ${manifestType.length} ${manifestType} ${payload.length} `)
      const sig = sign(null, Buffer.concat([head, payload]), privateKey).toString('base64')
      const signatures = [{ keyid: `${name}+${id}`, sig }]
      return { payload: payload.toString('base64'), payloadType: manifestType, signatures }
    },
  }
}
