import { bytesFromBase64 } from '../encoding/base64.js'
import { hexFromBytes } from '../encoding/hex.js'
import { isKeyName } from '../trust/verifier-key.js'

/** C2SP signed-note: text, an empty line, one line per signature. */
export interface SignedNote {
  /** Ends in a newline; what is signed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

export interface NoteSignature {
  readonly name: string
  /** In lower-case hex. */
  readonly id: string
  /** What follows the id: its form depends on the key's type. */
  readonly bytes: Uint8Array
}

const LONGEST = 1_000_000
const MOST_SIGNATURES = 100
const KEY_ID_BYTES = 4

/** The form only; nothing in it may be believed before a signature was checked. Null where it is no note. */
export function parseNote(note: string): SignedNote | null {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what a note must not hold
  if (note.length > LONGEST || !note.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(note)) return null
  const gap = note.lastIndexOf('\n\n')
  if (gap === -1) return null
  const lines = note.slice(gap + 2, -1).split('\n')
  const signatures = lines.map(parseSignature)
  if (lines.length > MOST_SIGNATURES || signatures.includes(null)) return null
  return { text: note.slice(0, gap + 1), signatures: signatures.filter((signature) => signature !== null) }
}

function parseSignature(line: string): NoteSignature | null {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  const bytes = bytesFromBase64(encoded)
  if (!isKeyName(name) || bytes === null || bytes.length <= KEY_ID_BYTES) return null
  return { name, id: hexFromBytes(bytes.subarray(0, KEY_ID_BYTES)), bytes: bytes.subarray(KEY_ID_BYTES) }
}
