import { DomainError } from '@lethe/domain'

export type KitErrorCode =
  /** Options that do not fit together, or are missing. */
  | 'ARGUMENTS_INVALID'
  | 'ENDPOINT_UNREACHABLE'
  | 'ENDPOINT_TIMED_OUT'
  /** The endpoint answered that it will not answer. */
  | 'ENDPOINT_REFUSED'
  /** What came is not what the protocol says. */
  | 'ENDPOINT_UNREADABLE'
  /** Other weights, or another size of pictures, than when the audit began. */
  | 'ENDPOINT_CHANGED'
  /** The two endpoints cannot be asked the same questions. */
  | 'ENDPOINTS_DIFFER'
  | 'PICTURES_MISSING'
  | 'PICTURES_TOO_LARGE'
  /** The same picture, or nearly, in two sets. */
  | 'SETS_OVERLAP'
  /** The folder holds another audit, or is not one. */
  | 'FOLDER_TAKEN'
  | 'FOLDER_INCOMPLETE'
  /** Files of an audit that contradict themselves. */
  | 'FOLDER_DAMAGED'
  /** A question of the audit that has no answer, or one that cannot be read, where nobody may be asked. */
  | 'ANSWER_MISSING'
  | 'KEY_UNREADABLE'

export function refuse(code: KitErrorCode, message: string, field?: string): never {
  throw new DomainError<KitErrorCode>(code, message, field)
}
