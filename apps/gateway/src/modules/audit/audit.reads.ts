import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { ofVisibleRequests } from '../erasure/visible-requests.js'
import { shapeAudit } from './audit.shape.js'
import type { Audit } from './audit.types.js'

/** Audits of requests that the viewer may see, newest first. */
export async function listAudits({ db, viewer }: Scope, page: Page): Promise<Connection<Audit>> {
  const where = await ofVisibleRequests(db, viewer)
  return connectionOf(page, {
    rows: (take, key) =>
      db.audit.findMany({ where: key === null ? where : { ...where, id: { lt: key } }, orderBy: { id: 'desc' }, take }),
    count: () => db.audit.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: shapeAudit,
  })
}
