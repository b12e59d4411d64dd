import type { TenantClient } from '@lethe/db'
import { manyByKey, oneById } from '../../graphql/batching.js'
import type { TenantViewer } from '../../tenant-viewer.js'
import { visibleRequests } from '../erasure/visible-requests.js'

export const bundleLoaders = (db: TenantClient, viewer: TenantViewer) => ({
  /** Of a request that the viewer may see. */
  evidenceBundle: oneById(async (ids) => {
    const bundles = await db.evidenceBundle.findMany({ where: { id: { in: ids } } })
    const requests = await db.erasureRequest.findMany({
      where: { id: { in: bundles.map(({ requestId }) => requestId) }, ...visibleRequests(viewer) },
      select: { id: true },
    })
    const visible = new Set(requests.map(({ id }) => id))
    return bundles.filter(({ requestId }) => visible.has(requestId))
  }),
  /** Newest first. */
  bundlesOfRequest: manyByKey(
    (ids) => db.evidenceBundle.findMany({ where: { requestId: { in: ids } }, orderBy: { id: 'desc' } }),
    (row) => row.requestId,
  ),
})
