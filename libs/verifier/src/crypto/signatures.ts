import { owned } from './digest.js'

const SIGNATURE_BYTES = 64

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
