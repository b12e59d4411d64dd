import type { Notice as NoticeRow, Prisma } from '@lethe/db'
import { mayDo, noticeAudience, NoticeKind } from '@lethe/domain'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import type { SignedIn } from '../../tenant-viewer.js'
import { visibleRequests } from '../erasure/visible-requests.js'
import { Notice, NoticeChoice, NoticeChoices, NoticeInbox } from './notice.types.js'

const mostUnseen = 100

/** Kinds that the viewer's role may be told of. */
export const kindsOf = ({ role }: SignedIn): NoticeKind[] =>
  NoticeKind.options.filter((kind) => mayDo(role, noticeAudience[kind].action))

/** Data owners and auditors are told of requests that they may see, and of nothing else. */
export async function visibleNotices({ db, viewer }: Pick<Scope, 'db' | 'viewer'>): Promise<Prisma.NoticeWhereInput> {
  const kind = { in: kindsOf(viewer) as string[] }
  if (viewer.role !== 'data_owner' && viewer.role !== 'auditor') return { kind }
  const requests = await db.erasureRequest.findMany({ where: visibleRequests(viewer), select: { id: true } })
  return { kind, requestId: { in: requests.map(({ id }) => id) } }
}

export const shapeNotice = (row: NoticeRow, seenAt: Date | null): Notice =>
  shape(Notice, {
    id: row.id,
    requestId: row.requestId,
    kind: NoticeKind.parse(row.kind),
    data: row.data,
    createdAt: row.createdAt,
    isNew: seenAt === null || row.createdAt > seenAt,
  })

export const readSeenAt = async ({ db, viewer }: Scope): Promise<Date | null> =>
  (await db.noticeSeen.findFirst({ where: { userId: viewer.userId } }))?.seenAt ?? null

/** Newest first. */
export async function listNotices(scope: Scope, page: Page): Promise<Connection<Notice>> {
  const { db } = scope
  const [where, seenAt] = await Promise.all([visibleNotices(scope), readSeenAt(scope)])
  return connectionOf(page, {
    rows: (take, key) =>
      db.notice.findMany({
        where: { AND: [where, key === null ? {} : { id: { lt: key } }] },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.notice.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: (row) => shapeNotice(row, seenAt),
  })
}

export async function readInbox(scope: Scope): Promise<NoticeInbox> {
  const [where, seenAt] = await Promise.all([visibleNotices(scope), readSeenAt(scope)])
  const unseen = { AND: [where, seenAt === null ? {} : { createdAt: { gt: seenAt } }] }
  const rows = await scope.db.notice.findMany({ where: unseen, select: { id: true }, take: mostUnseen })
  return shape(NoticeInbox, { unseenCount: rows.length, seenAt })
}

export async function readChoices({ db, viewer, services }: Scope): Promise<NoticeChoices> {
  const language = await services.people.mailLanguageOf(viewer.userId)
  if (viewer.role === 'auditor') return shape(NoticeChoices, { choices: [], language })
  const rows = await db.noticeChoice.findMany({ where: { userId: viewer.userId } })
  const choices = kindsOf(viewer).map((kind) => {
    const chosen = rows.find((row) => row.kind === kind)
    return shape(NoticeChoice, {
      kind,
      byMail: chosen?.byMail ?? noticeAudience[kind].mailedTo.includes(viewer.role),
      isDefault: chosen === undefined,
    })
  })
  return shape(NoticeChoices, { choices, language })
}
