import { DomainError, type MailLocale, type NoticeKind } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'
import { kindsOf } from './notice.reads.js'

/** Everything up to an instant counts as seen by the viewer; never less than before. */
export const markNoticesSeen = (scope: Scope, input: { idempotencyKey: string; upTo: Date }): Promise<string> =>
  runOnce(scope, 'markNoticesSeen', input, async (tx, now) => {
    const { tenantId, viewer } = scope
    const seenAt = input.upTo < now ? input.upTo : now
    const where = { tenantId_userId: { tenantId, userId: viewer.userId } }
    const before = await tx.noticeSeen.findUnique({ where })
    if (before === null || before.seenAt < seenAt)
      await tx.noticeSeen.upsert({
        where,
        create: { tenantId, userId: viewer.userId, seenAt },
        update: { seenAt },
      })
    return { id: viewer.userId, evidence: [] }
  })

/** Whether the viewer gets mail about a kind, from now on. */
export const chooseNotice = (
  scope: Scope,
  input: { idempotencyKey: string; kind: NoticeKind; byMail: boolean },
): Promise<string> =>
  runOnce(scope, 'chooseNotice', input, async (tx) => {
    const { tenantId, viewer } = scope
    const { kind, byMail } = input
    if (viewer.role === 'auditor' || !kindsOf(viewer).includes(kind))
      throw new DomainError('NOTICE_KIND_UNAVAILABLE', 'Your role is not told of this by mail.', 'input.kind')
    await tx.noticeChoice.upsert({
      where: { tenantId_userId_kind: { tenantId, userId: viewer.userId, kind } },
      create: { tenantId, userId: viewer.userId, kind, byMail },
      update: { byMail },
    })
    return { id: viewer.userId, evidence: [] }
  })

/** Of everything that the viewer gets by mail, in all their tenants. */
export const chooseMailLanguage = (
  scope: Scope,
  input: { idempotencyKey: string; language: MailLocale },
): Promise<string> =>
  runOnce(scope, 'chooseMailLanguage', input, async () => {
    const { services, viewer } = scope
    await services.people.chooseMailLanguage(viewer.userId, input.language)
    return { id: viewer.userId, evidence: [] }
  })
