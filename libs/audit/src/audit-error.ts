import { DomainError } from '@lethe/domain'

export type AuditErrorCode =
  /** A set without pictures, or whose labels do not match its pictures. */
  | 'AUDIT_SET_INVALID'
  /** Two models under one label: their scores could not be told apart. */
  | 'AUDIT_LABEL_TAKEN'
  /** A challenge without digests to derive it from. */
  | 'AUDIT_NOT_ATTESTED'
  /** Data of an audit that no audit could have measured. */
  | 'AUDIT_DATA_INVALID'

export function refuse(code: AuditErrorCode, message: string, field: string): never {
  throw new DomainError(code, message, field)
}
