import type { ContentId, Digest } from './ids.js'
import { sha256 } from './sha-256.js'

/** The frozen selection that a request asks to forget. Sorted and unique, so that equal sets have equal digests. */
export interface ForgetSet {
  readonly contentIds: readonly ContentId[]
  readonly digest: Digest
}

/** The bytes that a forget set's digest is taken of: one content id per line, sorted, each line ended by LF. */
export const forgetSetBytes = (contentIds: readonly ContentId[]): Uint8Array =>
  new TextEncoder().encode(
    [...new Set(contentIds)]
      .sort()
      .map((contentId) => `${contentId}\n`)
      .join(''),
  )

export const freezeForgetSet = (contentIds: readonly ContentId[]): ForgetSet => ({
  contentIds: [...new Set(contentIds)].sort(),
  digest: sha256(forgetSetBytes(contentIds)),
})
