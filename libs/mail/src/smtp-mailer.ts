import { createTransport } from 'nodemailer'
import { mailError, type MailError } from './errors.js'
import { assertMail, type Mailer } from './mail.js'

const connectionTimeoutMs = 10_000
const socketTimeoutMs = 30_000
const maxConnections = 2

/**
 * A submission server (RFC 6409): `smtps://` with TLS from the first byte, `smtp://` with STARTTLS. Outside this machine a
 * connection without TLS is refused before a password or a mail is sent, unless the address says `?tls=optional`.
 */
export function openSmtpMailer(url: URL, from: string): Mailer {
  const secure = url.protocol === 'smtps:'
  const password = decodeURIComponent(url.password)
  const transport = createTransport(
    {
      pool: true,
      maxConnections,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (secure ? 465 : 587),
      secure,
      requireTLS: !secure && needsTls(url),
      connectionTimeout: connectionTimeoutMs,
      greetingTimeout: connectionTimeoutMs,
      socketTimeout: socketTimeoutMs,
      ...(url.username === '' ? {} : { auth: { user: decodeURIComponent(url.username), pass: password } }),
    },
    { from },
  )
  return {
    destination: `${url.protocol}//${url.host}`,
    async send(mail) {
      assertMail(mail)
      try {
        await transport.sendMail({ to: mail.to, subject: mail.subject, text: mail.text })
      } catch (error) {
        throw classify(error as SmtpProblem)
      }
    },
    close: () => transport.close(),
  }
}

function needsTls(url: URL): boolean {
  const wish = url.searchParams.get('tls')
  if (wish !== null && wish !== 'required' && wish !== 'optional')
    throw mailError('MAIL_URL_INVALID', 'Write ?tls=required or ?tls=optional, or leave it out.', 'MAIL_URL')
  return wish === null ? !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname) : wish === 'required'
}

interface SmtpProblem {
  /** RFC 5321: 5yz is for good, 4yz is not. */
  readonly responseCode?: number
  readonly code?: string
}

/** What the server said stays out of the message: it may quote the address. */
function classify({ responseCode, code }: SmtpProblem): MailError {
  const reply = responseCode === undefined ? (code ?? 'no reply') : `reply ${responseCode}`
  const isFinal = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH'
  return isFinal
    ? mailError('MAIL_REFUSED', `The mail server refuses this mail (${reply}); check the address.`, 'to')
    : mailError('MAIL_UNREACHABLE', `The mail server does not take mail now (${reply}); check MAIL_URL.`)
}
