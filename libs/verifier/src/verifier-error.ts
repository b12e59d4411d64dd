import { DomainError } from '@lethe/domain'

/** Refusals of what cannot be read at all. What can be read and is wrong is a finding of a check instead. */
export type VerifierErrorCode =
  /** The archive is compressed: unpack it first. Nothing here inflates, so that nothing can explode. */
  | 'ARCHIVE_COMPRESSED'
  /** Not POSIX ustar. */
  | 'ARCHIVE_FORMAT'
  /** Ends inside a file, or without its two empty blocks. */
  | 'ARCHIVE_TRUNCATED'
  /** A header whose sum is wrong. */
  | 'ARCHIVE_CHECKSUM'
  /** A link, folder, device or extension entry. */
  | 'ARCHIVE_ENTRY_TYPE'
  /** A path that leaves the folder, is absolute, or would not mean the same everywhere. */
  | 'ARCHIVE_PATH'
  /** Two files of one path. */
  | 'ARCHIVE_DUPLICATE'
  /** A header that says more than path and size, or bytes where padding belongs. */
  | 'ARCHIVE_NOT_CANONICAL'
  /** Bytes after the end. */
  | 'ARCHIVE_TRAILING'
  | 'ARCHIVE_TOO_LARGE'
  | 'ARCHIVE_TOO_MANY_FILES'
  /** A manifest of a format that this verifier does not know. */
  | 'FORMAT_UNKNOWN'
  | 'MANIFEST_MISSING'
  | 'MANIFEST_MALFORMED'
  /** Text that is no JSON, or nests too deep. */
  | 'ANSWER_MALFORMED'
  /** The trust roots that were given cannot be read. */
  | 'TRUST_MALFORMED'
  /** The opening that was given cannot be read. */
  | 'OPENING_MALFORMED'
  /** This browser has no Ed25519 in WebCrypto, or the page is not in a secure context. */
  | 'CRYPTO_UNAVAILABLE'

export function refuse(code: VerifierErrorCode, message: string, field?: string): never {
  throw new DomainError<VerifierErrorCode>(code, message, field)
}
