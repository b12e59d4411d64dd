import {
  encodeVerifier,
  isSameKey,
  logOrigin,
  type LogVerifier,
  parseNote,
  trustRootLines,
  verifierFromSpki,
} from '@lethe/ledger'

/** Whose log it is and by which keys it is signed. */
export interface LogIdentity {
  /** `newestNote`: the newest checkpoint of the tenant; null before the first one. */
  of(tenantId: string, newestNote: string | null): LogKeysShown
}

export interface LogKeysShown {
  readonly origin: string
  /** Signed the newest checkpoint: after a change of key still the one before, until the log has grown. */
  readonly verifierKey: string
  /** Lines of a trust roots file: the key that signs now and those that signed before. */
  readonly trustRoots: readonly string[]
}

/**
 * `publicKey`, `previousPublicKeys`: base64 of Ed25519 keys (SPKI). `modelKeys`: base64 of what signs model files (SPKI).
 * `exportKey`: signs exports. `host`: of whoever runs the platform.
 *
 * @throws DomainError KEY_MALFORMED
 */
export function createLogIdentity(input: {
  publicKey: string
  previousPublicKeys: readonly string[]
  modelKeys: readonly string[]
  exportKey: LogVerifier
  host: string
}): LogIdentity {
  const keysOf = (origin: string) =>
    [input.publicKey, ...input.previousPublicKeys].map((spki) => verifierFromSpki(origin, spki))
  keysOf('any')
  return {
    of: (tenantId, newestNote) => {
      const origin = logOrigin(input.host, tenantId)
      const keys = keysOf(origin)
      const signatures = newestNote === null ? [] : parseNote(newestNote).signatures
      const signedBy = keys.find((key) => signatures.some((line) => isSameKey(key, line))) ?? keys[0]
      const trustRoots = trustRootLines({
        logs: keys,
        models: input.modelKeys,
        witnesses: [],
        exports: [input.exportKey],
      })
      return { origin, verifierKey: signedBy === undefined ? '' : encodeVerifier(signedBy), trustRoots }
    },
  }
}
