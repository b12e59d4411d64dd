import { type NoticeData, type NoticeKind, parseNoticeData } from '@lethe/domain'
import type { Tx } from '../database.js'
import { newId } from '../new-id.js'
import { toJson } from '../outbox.js'

/**
 * Writes, in the transaction that makes it so, that something happened. After the commit the registrar tells the tenant's
 * webhooks and, by mail, the members whom it concerns. The data is what its kind says and nothing else.
 *
 * @throws ZodError when the data says more or less than its kind
 */
export async function notify<Kind extends NoticeKind>(
  tx: Tx,
  notice: { tenantId: string; kind: Kind; requestId?: string | undefined; data: NoticeData<Kind>; now: Date },
): Promise<void> {
  const { tenantId, kind, requestId, now } = notice
  const data = toJson(parseNoticeData(kind, notice.data))
  await tx.notice.create({
    data: { id: newId(now.getTime()), tenantId, kind, requestId: requestId ?? null, data, createdAt: now },
  })
}
