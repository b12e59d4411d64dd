import { z } from 'zod'
import { bytesFromHex } from '../encoding/hex.js'
import { refuse } from '../verifier-error.js'

const Hex32 = z.string().regex(/^[0-9a-f]{64}$/)

const OpeningFile = z.object({
  salt: Hex32,
  subjectKey: z.string().min(1).max(1024).optional(),
  contentIds: z.array(Hex32).max(10_000_000),
})

/** What a data owner or privacy officer was given to open the commitments of a request; never in a bundle. */
export interface Opening {
  /** 32 bytes. */
  readonly salt: Uint8Array
  readonly subjectKey: string | null
  readonly contentIds: readonly string[]
}

/** JSON of `salt` (hex), `contentIds` and, if known, `subjectKey`. @throws DomainError OPENING_MALFORMED. */
export function parseOpening(text: string): Opening {
  const parsed = OpeningFile.safeParse(parseJson(text))
  const salt = bytesFromHex(parsed.data?.salt ?? '')
  if (!parsed.success || salt === null)
    return refuse(
      'OPENING_MALFORMED',
      'An opening is JSON with `salt` (64 hex digits), `contentIds` and perhaps `subjectKey`; save it as the platform shows it.',
      `opening${parsed.success ? '' : `.${parsed.error.issues[0]?.path.join('.') ?? ''}`}`,
    )
  const { subjectKey = null, contentIds } = parsed.data
  return { salt, subjectKey, contentIds }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
