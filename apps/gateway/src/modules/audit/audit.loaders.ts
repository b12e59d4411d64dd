import type { TenantClient } from '@lethe/db'
import { manyByKey, oneById } from '../../graphql/batching.js'
import type { TenantViewer } from '../../tenant-viewer.js'
import { visibleRequests } from '../erasure/visible-requests.js'

export const auditLoaders = (db: TenantClient, viewer: TenantViewer) => ({
  /** Of a request that the viewer may see. */
  audit: oneById(async (ids) => {
    const audits = await db.audit.findMany({ where: { id: { in: ids } } })
    const requests = await db.erasureRequest.findMany({
      where: { id: { in: audits.map((audit) => audit.requestId) }, ...visibleRequests(viewer) },
      select: { id: true },
    })
    const visible = new Set(requests.map(({ id }) => id))
    return audits.filter((audit) => visible.has(audit.requestId))
  }),
  auditsOfRequest: manyByKey(
    (ids) => db.audit.findMany({ where: { requestId: { in: ids } }, orderBy: { number: 'asc' } }),
    (row) => row.requestId,
  ),
})
