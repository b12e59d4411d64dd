import { DomainError } from '@lethe/domain'

/** Every refusal of this library. */
export type LedgerErrorCode =
  /** An index or size that no tree of that size can have. */
  | 'OUTSIDE_TREE'
  /** A proof of the wrong length, or with a hash that is not 32 bytes. */
  | 'PROOF_MALFORMED'
  /** The proof leads to another root than the signed one. */
  | 'ROOT_MISMATCH'
  /** Hashes that a proof needs and the store does not have. */
  | 'NODES_MISSING'
  /** A stored frontier that no tree can have. */
  | 'FRONTIER_MALFORMED'
  /** A statement that is not RFC 8785 JSON, or not an in-toto Statement v1 of a known kind. */
  | 'STATEMENT_MALFORMED'
  /** A predicate that holds what looks like personal data. */
  | 'PERSONAL_DATA'
  | 'KEY_MALFORMED'
  /** A result that is not what its statement says. */
  | 'RESULT_MISMATCH'
  | 'ENVELOPE_MALFORMED'
  | 'NOTE_MALFORMED'
  | 'CHECKPOINT_MALFORMED'
  /** No signature by a trusted key. */
  | 'UNTRUSTED'
  /** A trusted key is named, but its signature is not over these bytes. */
  | 'SIGNATURE_INVALID'
  | 'TRUST_MALFORMED'
  | 'GROWTH_MALFORMED'
  /** Between two heads of a log a proof is missing. */
  | 'GROWTH_UNPROVEN'
  /** Two heads of one log that cannot both be: the log was rewritten, or shows others another past. */
  | 'LOG_FORKED'
  /** A head smaller than one that was seen before. */
  | 'LOG_ROLLED_BACK'
  /** Not a Sigstore bundle by a key over a statement of OpenSSF Model Signing v1.0. */
  | 'MODEL_SIGNATURE_MALFORMED'
  /** A model's files are not those that were signed, or cannot be. */
  | 'MODEL_FILES_MISMATCH'
  /** A file of a bundle whose path is not plain, or is there twice. */
  | 'BUNDLE_PATH'
  | 'BUNDLE_TOO_LARGE'

export type LedgerError = DomainError<LedgerErrorCode>

export const ledgerError = (code: LedgerErrorCode, message: string, field?: string): LedgerError =>
  new DomainError(code, message, field)
