import { refuse } from '../verifier-error.js'
import { knowsEd25519 } from './signatures.js'

/** @throws DomainError CRYPTO_UNAVAILABLE where WebCrypto or its Ed25519 (RFC 8032) is missing. */
export async function assertCryptography(): Promise<void> {
  if (await knowsEd25519()) return
  refuse(
    'CRYPTO_UNAVAILABLE',
    'Ed25519 is missing here; use a browser of 2025 or later (over HTTPS or as a local file), or `lethe verify`.',
  )
}
