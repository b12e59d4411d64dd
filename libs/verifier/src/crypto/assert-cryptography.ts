import { refuse } from '../verifier-error.js'

/** @throws DomainError CRYPTO_UNAVAILABLE where WebCrypto or its Ed25519 (RFC 8032) is missing. */
export async function assertCryptography(): Promise<void> {
  // Typed as always there; a page from an insecure place has none.
  const { subtle } = (globalThis as { crypto?: Partial<typeof crypto> }).crypto ?? {}
  try {
    // The base point is a valid key; whoever knows the algorithm takes it.
    const key = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 0x58 : 0x66))
    await subtle?.importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
    if (subtle !== undefined) return
  } catch {
    // Refused below.
  }
  refuse(
    'CRYPTO_UNAVAILABLE',
    'Ed25519 is missing here; use a browser of 2025 or later (over HTTPS or as a local file), or `lethe verify`.',
  )
}
