import { z } from 'zod'
import { bytesFromHex } from '../encoding/hex.js'
import { refuse } from '../verifier-error.js'

const Hex32 = z.string().regex(/^[0-9a-f]{64}$/)

const OpeningFile = z.object({
  salt: Hex32,
  subjectKey: z.string().min(1).max(1024).optional(),
  contentIds: z.array(Hex32).max(10_000_000).nullish(),
  forgetSetDigest: Hex32.optional(),
})

/** What a data owner or privacy officer was given to open the commitments of a request; never in a bundle. */
export interface Opening {
  /** 32 bytes. */
  readonly salt: Uint8Array
  readonly subjectKey: string | null
  /** Null once the platform has erased them; whoever has the files can compute them. */
  readonly contentIds: readonly string[] | null
  /** SHA-256 of the content ids, one a line, in hex. */
  readonly forgetSetDigest: string | null
}

/** JSON of `salt` (hex), `contentIds` or `forgetSetDigest` and, if known, `subjectKey`. @throws DomainError OPENING_MALFORMED. */
export function parseOpening(text: string): Opening {
  const parsed = OpeningFile.safeParse(parseJson(text))
  const salt = bytesFromHex(parsed.data?.salt ?? '')
  const { subjectKey = null, contentIds = null, forgetSetDigest = null } = parsed.data ?? {}
  if (!parsed.success || salt === null || (contentIds === null && forgetSetDigest === null))
    return refuse(
      'OPENING_MALFORMED',
      'An opening is JSON with `salt` (64 hex digits), `contentIds` or `forgetSetDigest`, and perhaps `subjectKey`; save it as the platform shows it.',
      `opening${parsed.success ? '' : `.${parsed.error.issues[0]?.path.join('.') ?? ''}`}`,
    )
  return { salt, subjectKey, contentIds, forgetSetDigest }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
