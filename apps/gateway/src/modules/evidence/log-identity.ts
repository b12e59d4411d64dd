import { createPublicKey } from 'node:crypto'
import { encodeVerifier, logOrigin, parseLogCheckpoint, verifierFromPublicKey } from '@lethe/ledger'

/** Whose log it is and by which key it is signed. */
export interface LogIdentity {
  /** `newestNote`: a checkpoint of the tenant, whose own origin is then used; null before the first one. */
  of(tenantId: string, newestNote: string | null): { origin: string; verifierKey: string }
}

/** `publicKey`: base64 of the Ed25519 key (SPKI). `host`: of whoever runs the platform. */
export function createLogIdentity(input: { publicKey: string; host: string }): LogIdentity {
  const key = createPublicKey({ key: Buffer.from(input.publicKey, 'base64'), format: 'der', type: 'spki' })
  return {
    of: (tenantId, newestNote) => {
      const origin = newestNote === null ? logOrigin(input.host, tenantId) : parseLogCheckpoint(newestNote).origin
      return { origin, verifierKey: encodeVerifier(verifierFromPublicKey(origin, key)) }
    },
  }
}
