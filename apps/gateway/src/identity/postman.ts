import type { Mailer } from '@lethe/mail'
import type { Logger } from '@lethe/runtime'
import { DomainError, isDomainError, type MailLocale } from '@lethe/domain'
import type pg from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { type MailContent, writeMail } from './mail-texts.js'
import { hashOfToken } from './secret-token.js'

/** Mails that one address gets in an hour, whoever asks for them and from wherever: a mailbox cannot be flooded. */
export const mailsPerHour = 5

export interface Postman {
  /** Counts a mail to this address before anything is done about it. @throws DomainError TOO_MANY_MAILS */
  admit(to: string): Promise<void>
  /** A mail that was admitted. Waits for the mail server, so no transaction may be open. @throws DomainError MAIL_REFUSED, MAIL_UNREACHABLE */
  deliver(to: string, locale: MailLocale, content: MailContent): Promise<void>
  /** For answers that must not tell whether an address is known: returns at once, and failures are only logged. */
  sendLater(to: string, locale: MailLocale, content: MailContent): void
  /** When everything that was to be sent later has been. */
  settled(): Promise<void>
}

export function openPostman({ mailer, pool, logger }: { mailer: Mailer; pool: pg.Pool; logger: Logger }): Postman {
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
    tableName: 'mail_limit',
    tableCreated: true,
    keyPrefix: '',
    points: mailsPerHour,
    duration: 3600,
  })
  const underway = new Set<Promise<void>>()
  const admit: Postman['admit'] = async (to) => {
    try {
      await limiter.consume(hashOfToken(to.toLowerCase()))
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      throw new DomainError('TOO_MANY_MAILS', 'This address got several mails already; try again in an hour.', 'email')
    }
  }
  const deliver: Postman['deliver'] = (to, locale, content) => mailer.send({ to, ...writeMail(locale, content) })
  return {
    admit,
    deliver,
    sendLater(to, locale, content) {
      const work = admit(to)
        .then(() => deliver(to, locale, content))
        .catch((error: unknown) => {
          const reason = isDomainError(error) ? { code: error.code } : { err: error }
          logger.warn({ ...reason, mail: content.kind }, 'a mail was not sent')
        })
        .finally(() => underway.delete(work))
      underway.add(work)
    },
    settled: async () => void (await Promise.all(underway)),
  }
}
