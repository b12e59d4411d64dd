import { ledgerError } from '../errors.js'
import { bytesFromBase64 } from '../signing/base64.js'
import { HASH_BYTES } from '../tree/hash.js'

/** A checkpoint with the proof that its tree begins with that of `oldSize` leaves: what a log tells its witnesses. */
export interface LogGrowth {
  readonly oldSize: number
  /** RFC 6962 consistency proof; empty from size 0. */
  readonly path: readonly Uint8Array[]
  /** Signed note. */
  readonly note: string
}

const MAX_HASHES = 63

/** As the body of C2SP tlog-witness `add-checkpoint`: `old N`, one base64 hash a line, an empty line, the note. */
export const encodeLogGrowth = ({ oldSize, path, note }: LogGrowth): string =>
  [`old ${oldSize}`, ...path.map((hash) => Buffer.from(hash).toString('base64')), '', note].join('\n')

/** Reads the form only. @throws DomainError GROWTH_MALFORMED */
export function parseLogGrowth(text: string): LogGrowth {
  const gap = text.indexOf('\n\n')
  const [head = '', ...lines] = text.slice(0, Math.max(gap, 0)).split('\n')
  const [, digits] = /^old (0|[1-9][0-9]*)$/.exec(head) ?? []
  const oldSize = Number(digits)
  const path = lines.map(bytesFromBase64)
  const isHash = (hash: Buffer | undefined): hash is Buffer => hash?.length === HASH_BYTES
  if (
    gap === -1 ||
    digits === undefined ||
    !Number.isSafeInteger(oldSize) ||
    path.length > MAX_HASHES ||
    !path.every(isHash)
  )
    throw ledgerError(
      'GROWTH_MALFORMED',
      'A growth proof reads "old SIZE", at most 63 hashes in base64, one a line, an empty line, and the checkpoint.',
      'growth',
    )
  return { oldSize, path, note: text.slice(gap + 2) }
}
