import { owned } from './digest.js'

const SIGNATURE_BYTES = 64

/** Whether WebCrypto and its Ed25519 (RFC 8032) are there. */
export async function knowsEd25519(): Promise<boolean> {
  // Typed as always there; a page from an insecure place has none.
  const { subtle } = (globalThis as { crypto?: Partial<typeof crypto> }).crypto ?? {}
  if (subtle === undefined) return false
  try {
    // The base point is a valid key; whoever knows the algorithm takes it.
    const key = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 0x58 : 0x66))
    await subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
    return true
  } catch {
    return false
  }
}

/** publicKey: 32 raw bytes. False also for keys and signatures that cannot be. */
export async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES) return false
  try {
    const key = await crypto.subtle.importKey('raw', owned(publicKey), { name: 'Ed25519' }, false, ['verify'])
    return await crypto.subtle.verify({ name: 'Ed25519' }, key, owned(signature), owned(message))
  } catch {
    return false
  }
}
