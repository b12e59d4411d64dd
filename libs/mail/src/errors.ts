import { DomainError } from '@lethe/domain'

export type MailErrorCode = 'MAIL_URL_INVALID' | 'MAIL_INVALID' | 'MAIL_REFUSED' | 'MAIL_UNREACHABLE'
export type MailError = DomainError<MailErrorCode>

export const mailError = (code: MailErrorCode, message: string, field?: string): MailError =>
  new DomainError(code, message, field)
