import type { AuditorGrant as GrantRow, Prisma } from '@lethe/db'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { AuditorGrant, OutsideAuditor } from './auditor-access.types.js'

const shapeGrant = (row: GrantRow, now: Date): AuditorGrant =>
  shape(AuditorGrant, {
    id: row.id,
    userId: row.userId,
    grantedById: row.grantedBy,
    outside:
      row.outsideIssuer === null || row.outsideSubject === null
        ? null
        : shape(OutsideAuditor, { issuer: row.outsideIssuer, subject: row.outsideSubject }),
    requestIds: row.requestIds,
    state: row.revokedAt !== null ? 'REVOKED' : row.expiresAt <= now ? 'EXPIRED' : 'ACTIVE',
    reason: row.reason,
    grantedAt: row.grantedAt,
    expiresAt: row.expiresAt,
    revokedAt: row.revokedAt,
  })

/** An auditor sees their own. */
const visibleGrants = ({ role, userId }: Scope['viewer']): Prisma.AuditorGrantWhereInput =>
  role === 'auditor' ? { userId } : {}

/** Newest first. */
export const listGrants = ({ db, viewer, now }: Scope, page: Page): Promise<Connection<AuditorGrant>> => {
  const where = visibleGrants(viewer)
  return connectionOf(page, {
    rows: (take, key) =>
      db.auditorGrant.findMany({
        where: { AND: [where, key === null ? {} : { id: { lt: key } }] },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.auditorGrant.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: (row) => shapeGrant(row, now()),
  })
}

export async function findGrant({ db, viewer, now }: Scope, id: string): Promise<AuditorGrant | null> {
  const row = isUuid(id) ? await db.auditorGrant.findFirst({ where: { AND: [{ id }, visibleGrants(viewer)] } }) : null
  return row && shapeGrant(row, now())
}
