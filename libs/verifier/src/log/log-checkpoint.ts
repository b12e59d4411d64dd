import { bytesFromBase64 } from '../encoding/base64.js'
import { parseNote, type SignedNote } from './signed-note.js'

/** Head of a log at one size (C2SP tlog-checkpoint), as its note says. */
export interface LogCheckpoint {
  readonly note: SignedNote
  readonly origin: string
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
}

/** Null where the text is no checkpoint. Extension lines after the root are allowed and not read. */
export function parseCheckpoint(text: string): LogCheckpoint | null {
  const note = parseNote(text)
  if (note === null) return null
  const lines = note.text.slice(0, -1).split('\n')
  const [origin = '', sizeLine = '', rootLine = ''] = lines
  const size = Number(sizeLine)
  const root = bytesFromBase64(rootLine)
  const isSize = /^(0|[1-9][0-9]*)$/.test(sizeLine) && Number.isSafeInteger(size)
  if (lines.length < 3 || lines.includes('') || !isSize || root?.length !== 32) return null
  return { note, origin, size, root }
}
