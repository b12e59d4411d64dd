import { Role } from '@lethe/domain'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isUuid, isWholeNumber, type Page } from '../../graphql/page.js'
import type { Member as MemberRow } from '../../identity/memberships.js'
import { Member, MembershipChange } from './member.types.js'

const shapeMember = ({ userId, name, email, role, joinedAt }: MemberRow, { viewer }: Scope): Member =>
  shape(Member, { id: userId, name, email, role, joinedAt, isViewer: userId === viewer.userId })

/** In the order of their ids, which is that in which people came to the platform. */
export const listMembers = (scope: Scope, page: Page): Promise<Connection<Member>> => {
  const { tenantId, services } = scope
  return connectionOf(page, {
    rows: (take, after) => services.memberships.list(tenantId, { take, after }),
    count: async () => (await services.memberships.count([tenantId])).get(tenantId) ?? 0,
    keyOf: (row) => row.userId,
    isKey: isUuid,
    node: (row) => shapeMember(row, scope),
  })
}

export async function findMember(scope: Scope, userId: string): Promise<Member | null> {
  const row = isUuid(userId) ? await scope.services.memberships.find(scope.tenantId, userId) : null
  return row && shapeMember(row, scope)
}

/** Newest first. */
export const listMembershipChanges = (
  { db }: Scope,
  page: Page,
  { userId }: { userId?: string | null },
): Promise<Connection<MembershipChange>> => {
  const where = userId == null ? {} : { userId: isUuid(userId) ? userId : { in: [] } }
  return connectionOf(page, {
    rows: (take, key) =>
      db.membershipChange.findMany({
        where: { AND: [where, key === null ? {} : { number: { lt: BigInt(key) } }] },
        orderBy: { number: 'desc' },
        take,
      }),
    count: () => db.membershipChange.count({ where }),
    keyOf: (row) => String(row.number),
    isKey: isWholeNumber,
    node: (row) =>
      shape(MembershipChange, {
        id: row.id,
        userId: row.userId,
        actorId: row.actorId,
        previousRole: Role.nullable().parse(row.previousRole),
        role: Role.nullable().parse(row.role),
        at: row.at,
        evidenceSeq: row.evidenceSeq === null ? null : Number(row.evidenceSeq),
      }),
  })
}
