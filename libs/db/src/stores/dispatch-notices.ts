import { DeliveryKind, MailLocale, mayDo, noticeAudience, NoticeKind, Role, webhookBody } from '@lethe/domain'
import type { Tx } from '../database.js'
import type { Notice, WebhookEndpoint } from '../generated/client.js'
import { newId } from '../new-id.js'

/** A member of the transaction's tenant. */
export interface NoticeRecipient {
  readonly userId: string
  readonly email: string
  readonly role: Role
  /** Of their mail. */
  readonly locale: MailLocale
}

/** Members of the tenant that the transaction is bound to. The registrar's login only. */
export async function readNoticeRecipients(tx: Tx): Promise<NoticeRecipient[]> {
  const rows = await tx.$queryRaw<{ userId: string; email: string; role: string; locale: string }[]>`
    SELECT user_id AS "userId", email, role, locale FROM notice_recipients()`
  return rows.flatMap((row) => {
    const role = Role.safeParse(row.role)
    return role.success ? [{ ...row, role: role.data, locale: MailLocale.parse(row.locale) }] : []
  })
}

/**
 * Makes of notices that nobody was told of yet what is to be sent: a delivery for each endpoint that wants the kind, a
 * mail for each member whom it concerns. Two who dispatch at once share the work.
 *
 * @returns how many notices were dispatched
 */
export async function dispatchNotices(tx: Tx, input: { tenantId: string; now: Date; limit: number }): Promise<number> {
  const { tenantId, now, limit } = input
  const ids = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM notice WHERE tenant_id = ${tenantId}::uuid AND dispatched_at IS NULL
    ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED`
  if (ids.length === 0) return 0
  const where = { tenantId, id: { in: ids.map(({ id }) => id) } }
  const notices = await tx.notice.findMany({ where, orderBy: { id: 'asc' } })
  const endpoints = await tx.webhookEndpoint.findMany({ where: { tenantId, state: 'ACTIVE', deletedAt: null } })
  await tx.webhookDelivery.createMany({
    data: endpoints.flatMap((endpoint) =>
      notices.filter(({ kind }) => endpoint.kinds.includes(kind)).map((notice) => deliveryOf(endpoint, notice, now)),
    ),
    skipDuplicates: true,
  })
  await queueMails(tx, tenantId, notices, now)
  await tx.notice.updateMany({ where, data: { dispatchedAt: now } })
  return notices.length
}

/** One notice for one endpoint, to be sent now. */
export const deliveryOf = (
  { tenantId, id: endpointId }: Pick<WebhookEndpoint, 'tenantId' | 'id'>,
  notice: Notice,
  now: Date,
) => ({
  id: newId(notice.createdAt.getTime()),
  tenantId,
  endpointId,
  noticeId: notice.id,
  kind: notice.kind,
  body: webhookBody({
    type: DeliveryKind.parse(notice.kind),
    timestamp: notice.createdAt,
    data: {
      tenantId,
      ...(notice.requestId === null ? {} : { erasureRequestId: notice.requestId }),
      ...(notice.data as Record<string, unknown>),
    },
  }),
  createdAt: now,
  queuedAt: now,
  nextAttemptAt: now,
})

async function queueMails(tx: Tx, tenantId: string, notices: readonly Notice[], now: Date): Promise<void> {
  const recipients = await readNoticeRecipients(tx)
  const choices = await tx.noticeChoice.findMany({ where: { tenantId } })
  const chosen = new Map(choices.map(({ userId, kind, byMail }) => [`${userId} ${kind}`, byMail]))
  const requests = await tx.erasureRequest.findMany({
    where: { tenantId, id: { in: notices.flatMap(({ requestId }) => requestId ?? []) } },
    select: { id: true, requestedBy: true, owner: { select: { userId: true } } },
  })
  const subjects = new Map(requests.map(({ id, requestedBy, owner }) => [id, [requestedBy, owner.userId]]))
  const concerns = ({ kind: name, requestId }: Notice, { userId, role }: NoticeRecipient): boolean => {
    const kind = NoticeKind.parse(name)
    const { action, mailedTo } = noticeAudience[kind]
    // Auditors see single cases for a time; mail would outlive both.
    if (role === 'auditor' || !mayDo(role, action)) return false
    if (role === 'data_owner' && !subjects.get(requestId ?? '')?.includes(userId)) return false
    return chosen.get(`${userId} ${kind}`) ?? mailedTo.includes(role)
  }
  await tx.noticeMail.createMany({
    data: notices.flatMap((notice) =>
      recipients
        .filter((recipient) => concerns(notice, recipient))
        .map(({ userId }) => ({ tenantId, noticeId: notice.id, userId, nextAttemptAt: now })),
    ),
    skipDuplicates: true,
  })
}
