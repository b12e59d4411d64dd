import { equalBytes } from './inclusion-proof'

// C2SP signed-note and tlog-checkpoint: origin, size, base64 root, an empty line, signature lines "— name base64".

export interface Checkpoint {
  origin: string
  size: number
  root: Uint8Array
}

export interface VerifierKey {
  name: string
  keyHash: Uint8Array
  /** Raw Ed25519 public key. */
  publicKey: Uint8Array
}

export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

const ed25519 = 0x01

/** Reads `name+hash+base64(algorithm ‖ key)`; null for anything but an Ed25519 key. */
export function readVerifierKey(text: string): VerifierKey | null {
  const [name, hash, ...rest] = text.trim().split('+')
  if (name === undefined || hash === undefined || !/^[0-9a-f]{8}$/.test(hash)) return null
  try {
    const key = fromBase64(rest.join('+'))
    if (key.length !== 33 || key[0] !== ed25519) return null
    const keyHash = Uint8Array.from(hash.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    return { name, keyHash, publicKey: key.slice(1) }
  } catch {
    return null
  }
}

/** The signed text of a note, with its final newline, and its signature lines. */
function splitNote(note: string): { text: string; signatures: string[] } | null {
  const end = note.lastIndexOf('\n\n')
  if (end === -1) return null
  return {
    text: note.slice(0, end + 1),
    signatures: note
      .slice(end + 2)
      .split('\n')
      .filter(Boolean),
  }
}

export function readCheckpoint(note: string): Checkpoint | null {
  const lines = splitNote(note)?.text.split('\n') ?? []
  const [origin, size, root] = lines
  if (!origin || !size || !root || !/^(0|[1-9]\d{0,14})$/.test(size)) return null
  try {
    return { origin, size: Number(size), root: fromBase64(root) }
  } catch {
    return null
  }
}

/** `unsupported` where this browser has no Ed25519. */
export async function verifyNote(note: string, key: VerifierKey): Promise<'valid' | 'invalid' | 'unsupported'> {
  const parts = splitNote(note)
  const line = parts?.signatures.find((signature) => signature.startsWith(`— ${key.name} `))
  if (!parts || line === undefined) return 'invalid'
  let signature: Uint8Array<ArrayBuffer>
  try {
    signature = fromBase64(line.slice(`— ${key.name} `.length))
  } catch {
    return 'invalid'
  }
  if (signature.length !== 68 || !equalBytes(signature.slice(0, 4), key.keyHash)) return 'invalid'
  try {
    const publicKey = await crypto.subtle.importKey('raw', new Uint8Array(key.publicKey), { name: 'Ed25519' }, false, [
      'verify',
    ])
    const isValid = await crypto.subtle.verify(
      { name: 'Ed25519' },
      publicKey,
      signature.slice(4),
      new TextEncoder().encode(parts.text),
    )
    return isValid ? 'valid' : 'invalid'
  } catch {
    return 'unsupported'
  }
}
