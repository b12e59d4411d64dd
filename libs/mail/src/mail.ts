import { mailError } from './errors.js'

/** One mail to one person, in plain text. */
export interface Mail {
  /** An address without a name. */
  readonly to: string
  /** One line. */
  readonly subject: string
  /** Lines of any length and language; sent as UTF-8. */
  readonly text: string
}

export interface Mailer {
  /** Where mail goes, without any password. */
  readonly destination: string
  /**
   * Returns when the next station has taken the mail over, or its file is whole.
   *
   * @throws DomainError MAIL_INVALID; MAIL_REFUSED for good; MAIL_UNREACHABLE when it is worth trying again
   */
  send(mail: Mail): Promise<void>
  close(): void
}

const address = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+$/
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const control = /[\u0000-\u001f\u007f]/

/** A second recipient or header cannot be smuggled in. @throws DomainError MAIL_INVALID */
export function assertMail({ to, subject }: Mail): void {
  if (!address.test(to) || control.test(to) || to.length > 254)
    throw mailError('MAIL_INVALID', 'Send to one address, such as person@example.com.', 'to')
  if (subject.trim() === '' || control.test(subject))
    throw mailError('MAIL_INVALID', 'Send a subject of one line.', 'subject')
}
