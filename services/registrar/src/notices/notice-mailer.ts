import { claimMails, type ClaimedMail, readTenantsWithMailDue, settleMail } from '@lethe/db'
import { isDomainError, NoticeKind, parseNoticeData } from '@lethe/domain'
import type { Mailer } from '@lethe/mail'
import type { RegistrarContext } from '../registrar-context.js'
import { WakeableLoop } from '../wakeable-loop.js'
import { noticeMailText } from './notice-mail-text.js'
import { retryAt } from './retry-schedule.js'

const batch = 20
const pollMs = 5000
const retryMs = 2000
const leaseMs = 5 * 60_000

/** Sends what members are to be told by mail: at least once, and for about a day while the mail server is away. */
export class NoticeMailer {
  readonly #loop: WakeableLoop

  constructor(
    private readonly context: RegistrarContext,
    private readonly options: { readonly mailer: Mailer; readonly portalUrl: string },
  ) {
    const { logger } = context
    this.#loop = new WakeableLoop({ name: 'mail', logger, intervalMs: pollMs, retryMs, work: () => this.#sendAll() })
  }

  wake(): void {
    this.#loop.wake()
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }

  async #sendAll(): Promise<void> {
    const { db, now } = this.context
    for (const tenantId of await readTenantsWithMailDue(db, now())) {
      const claim = { tenantId, now: now(), limit: batch, leaseMs }
      for (;;) {
        const mails = await db.forTenant(tenantId).$transaction((tx) => claimMails(tx, claim))
        for (const mail of mails) await this.#send(mail)
        if (mails.length < batch) break
      }
    }
  }

  async #send(mail: ClaimedMail): Promise<void> {
    const outcome = await this.#trySend(mail)
    await this.context.db.forTenant(mail.tenantId).$transaction((tx) => settleMail(tx, mail, outcome))
  }

  async #trySend(mail: ClaimedMail): Promise<Parameters<typeof settleMail>[2]> {
    const { now, logger } = this.context
    const { email, notice, requestNumber, attempts, locale, timeZone } = mail
    // Whoever left the tenant meanwhile is told nothing.
    if (email === null) return { state: 'FAILED', now: now() }
    try {
      const kind = NoticeKind.parse(notice.kind)
      const text = noticeMailText(
        { kind, data: parseNoticeData(kind, notice.data), requestId: notice.requestId, requestNumber },
        this.options.portalUrl,
        { locale, timeZone },
      )
      await this.options.mailer.send({ to: email, ...text })
      return { state: 'SENT', now: now() }
    } catch (error) {
      const isForGood = isDomainError(error) && error.code !== 'MAIL_UNREACHABLE'
      const again = retryAt(now(), { attempt: attempts, random: Math.random(), retryAfterSeconds: null })
      logger.warn({ err: error, tenantId: notice.tenantId, noticeId: notice.id, attempts }, 'mail not sent')
      return isForGood || again === null ? { state: 'FAILED', now: now() } : { retryAt: again }
    }
  }
}
