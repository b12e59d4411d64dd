import { z } from 'zod'
import { Count } from './parts.js'

/** A C2SP vkey: name+keyid+base64 of an Ed25519 public key. */
const VerifierKey = z.string().regex(/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/)

export const LogKeyRotated = z.strictObject({
  /** Whose checkpoints stay valid. */
  previous: VerifierKey,
  /** Which signs from now on. */
  next: VerifierKey,
  /** Entries under the last checkpoint of the previous key. */
  sizeUnderPrevious: Count,
})
