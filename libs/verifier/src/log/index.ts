// What one entry of a log needs to be checked, for whoever shows it. A leaf: no schema, no error class, WebCrypto alone.
export { knowsEd25519 } from '../crypto/signatures.js'
export { base64FromBytes, bytesFromBase64 } from '../encoding/base64.js'
export { parseVerifierKey } from '../trust/verifier-key.js'
export { checkNoteSignature } from './check-note-signature.js'
export { leafHash, rootFromInclusion } from './inclusion.js'
export { parseCheckpoint } from './log-checkpoint.js'
