import { DomainError } from '@lethe/domain'

export type CommandErrorCode =
  /** Options that do not fit together, or are missing. */
  | 'ARGUMENTS_INVALID'
  | 'FILE_UNREADABLE'
  /** The page was not built beside the command. */
  | 'PAGE_MISSING'

export function refuse(code: CommandErrorCode, message: string, field?: string): never {
  throw new DomainError<CommandErrorCode>(code, message, field)
}
