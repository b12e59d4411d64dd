export type { MailError, MailErrorCode } from './errors.js'
export type { Mail, Mailer } from './mail.js'
export { openMailer, type MailerOptions } from './open-mailer.js'
