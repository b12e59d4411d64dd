import type { MailLocale } from '@lethe/domain'
import type { Tx } from '../database.js'
import type { Notice } from '../generated/client.js'
import { readNoticeRecipients } from './dispatch-notices.js'

/** A mail that this process has taken upon itself. */
export interface ClaimedMail {
  readonly tenantId: string
  readonly userId: string
  readonly notice: Notice
  /** Null for somebody who is no member any more. */
  readonly email: string | null
  readonly locale: MailLocale
  /** Of the tenant. */
  readonly timeZone: string
  /** Number of the request that it is about. */
  readonly requestNumber: number | null
  readonly attempts: number
}

/** Takes due mails; each becomes due again after the lease, so that a process that dies in the middle has it repeated. */
export async function claimMails(
  tx: Tx,
  input: { tenantId: string; now: Date; limit: number; leaseMs: number },
): Promise<ClaimedMail[]> {
  const { tenantId, now, limit, leaseMs } = input
  const due = await tx.$queryRaw<{ noticeId: string; userId: string }[]>`
    SELECT notice_id AS "noticeId", user_id AS "userId" FROM notice_mail
    WHERE tenant_id = ${tenantId}::uuid AND state = 'QUEUED' AND next_attempt_at <= ${now}
    ORDER BY next_attempt_at, notice_id LIMIT ${limit} FOR UPDATE SKIP LOCKED`
  if (due.length === 0) return []
  const notices = await tx.notice.findMany({ where: { tenantId, id: { in: due.map(({ noticeId }) => noticeId) } } })
  const requests = await tx.erasureRequest.findMany({
    where: { tenantId, id: { in: notices.flatMap(({ requestId }) => requestId ?? []) } },
    select: { id: true, number: true },
  })
  const members = new Map((await readNoticeRecipients(tx)).map((member) => [member.userId, member]))
  const { timeZone } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { timeZone: true } })
  const claimed: ClaimedMail[] = []
  for (const { noticeId, userId } of due) {
    const { attempts } = await tx.noticeMail.update({
      where: { tenantId_noticeId_userId: { tenantId, noticeId, userId } },
      data: { attempts: { increment: 1 }, nextAttemptAt: new Date(now.getTime() + leaseMs) },
    })
    const notice = notices.find(({ id }) => id === noticeId)
    if (notice === undefined) continue
    const requestNumber = requests.find(({ id }) => id === notice.requestId)?.number ?? null
    const member = members.get(userId)
    const [email, locale] = [member?.email ?? null, member?.locale ?? 'en']
    claimed.push({ tenantId, userId, notice, email, locale, timeZone, requestNumber, attempts })
  }
  return claimed
}

/** What came of it: sent, given up, or to be tried again at an instant. */
export async function settleMail(
  tx: Tx,
  mail: Pick<ClaimedMail, 'tenantId' | 'userId' | 'notice'>,
  outcome: { state: 'SENT' | 'FAILED'; now: Date } | { retryAt: Date },
): Promise<void> {
  const { tenantId, userId, notice } = mail
  await tx.noticeMail.update({
    where: { tenantId_noticeId_userId: { tenantId, noticeId: notice.id, userId } },
    data: 'retryAt' in outcome ? { nextAttemptAt: outcome.retryAt } : { state: outcome.state, settledAt: outcome.now },
  })
}
