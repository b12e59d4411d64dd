import { fileURLToPath } from 'node:url'
import { mailError } from './errors.js'
import { openFolderMailer } from './folder-mailer.js'
import type { Mailer } from './mail.js'
import { openSmtpMailer } from './smtp-mailer.js'

export interface MailerOptions {
  /** `file:///folder`, or `smtp://` or `smtps://user:password@host:port`. */
  readonly url: string
  /** Sender, `Name <address>` or an address. */
  readonly from: string
}

/** @throws DomainError MAIL_URL_INVALID */
export function openMailer({ url, from }: MailerOptions): Mailer {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'file:' && parsed.host === '') return openFolderMailer(fileURLToPath(parsed), from)
  if ((parsed?.protocol === 'smtp:' || parsed?.protocol === 'smtps:') && parsed.hostname !== '')
    return openSmtpMailer(parsed, from)
  throw mailError('MAIL_URL_INVALID', 'Write file:///folder, smtp://… or smtps://user:password@host:port.', 'MAIL_URL')
}
