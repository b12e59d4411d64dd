import { DomainError } from './errors.js'
import { hmacSha256 } from './sha-256.js'

/** Bytes of a data subject's salt: as much as a commitment hides. */
export const SUBJECT_SALT_BYTES = 32

/**
 * HMAC-SHA-256 under the data subject's salt, in lower-case hex. Whoever has salt and message can check it; when the salt
 * is destroyed nobody can, not even by trying every key and every picture there is.
 */
function commit(salt: Uint8Array, message: string): string {
  if (salt.length !== SUBJECT_SALT_BYTES)
    throw new DomainError('SALT_INVALID', `The salt of a data subject has ${SUBJECT_SALT_BYTES} bytes.`, 'salt')
  return Array.from(hmacSha256(salt, message), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Names a person in evidence. `subjectKey`: as the tenant knows the data subject. */
export const commitToSubject = (salt: Uint8Array, subjectKey: string): string =>
  commit(salt, `lethe/subject/v1\n${subjectKey}`)

/** Names a forget set in evidence. `digest`: of forgetSetBytes, in lower-case hex. */
export const commitToForgetSet = (salt: Uint8Array, digest: string): string =>
  commit(salt, `lethe/forget-set/v1\n${digest}`)

/** Names the key of a data subject's own audit in evidence. `verifierKey`: C2SP vkey. */
export const commitToOwnerKey = (salt: Uint8Array, verifierKey: string): string =>
  commit(salt, `lethe/owner-key/v1\n${verifierKey}`)
