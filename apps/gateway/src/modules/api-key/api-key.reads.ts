import type { ApiKey as ApiKeyRow, Prisma } from '@lethe/db'
import { mayDo, Role } from '@lethe/domain'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { ApiKey } from './api-key.types.js'

const shapeKey = (row: ApiKeyRow, now: Date): ApiKey =>
  shape(ApiKey, {
    id: row.id,
    userId: row.userId,
    name: row.name,
    role: Role.parse(row.role),
    prefix: row.prefix,
    state: row.revokedAt !== null ? 'REVOKED' : row.expiresAt !== null && row.expiresAt <= now ? 'EXPIRED' : 'ACTIVE',
    requestsPerMinute: row.requestsPerMinute,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    lastUsedAt: row.lastUsedAt,
    revokedAt: row.revokedAt,
  })

/** Who decides about members sees every key, others see theirs. */
export const visibleKeys = ({ role, userId }: Scope['viewer']): Prisma.ApiKeyWhereInput =>
  mayDo(role, 'member:write') ? {} : { userId }

/** Newest first. */
export const listApiKeys = ({ db, viewer, now }: Scope, page: Page): Promise<Connection<ApiKey>> => {
  const where = visibleKeys(viewer)
  return connectionOf(page, {
    rows: (take, key) =>
      db.apiKey.findMany({
        where: { AND: [where, key === null ? {} : { id: { lt: key } }] },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.apiKey.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: (row) => shapeKey(row, now()),
  })
}

export async function findApiKeyById({ db, viewer, now }: Scope, id: string): Promise<ApiKey | null> {
  const row = isUuid(id) ? await db.apiKey.findFirst({ where: { AND: [{ id }, visibleKeys(viewer)] } }) : null
  return row && shapeKey(row, now())
}
