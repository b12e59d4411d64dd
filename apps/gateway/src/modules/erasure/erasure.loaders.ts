import type { TenantClient } from '@lethe/db'
import type { TenantViewer } from '../../tenant-viewer.js'
import { manyByKey, oneById, oneByKey } from '../../graphql/batching.js'
import { visibleRequests } from './visible-requests.js'

export const erasureLoaders = (db: TenantClient, viewer: TenantViewer) => ({
  erasureRequest: oneById((ids) =>
    db.erasureRequest.findMany({ where: { id: { in: ids }, ...visibleRequests(viewer) } }),
  ),
  planOfRequest: manyByKey(
    (ids) => db.planItem.findMany({ where: { requestId: { in: ids } }, orderBy: { id: 'asc' } }),
    (row) => row.requestId,
  ),
  thingsOfRequest: manyByKey(
    (ids) =>
      db.erasureThing.findMany({
        where: { requestId: { in: ids } },
        orderBy: [{ thing: 'asc' }, { label: 'asc' }, { refId: 'asc' }],
      }),
    (row) => row.requestId,
  ),
  approvalsOfRequest: manyByKey(
    (ids) => db.approval.findMany({ where: { requestId: { in: ids } }, orderBy: [{ at: 'asc' }, { userId: 'asc' }] }),
    (row) => row.requestId,
  ),
  linksOfRequest: manyByKey(
    (ids) => db.erasureLink.findMany({ where: { OR: [{ requestId: { in: ids } }, { earlierId: { in: ids } }] } }),
    ({ requestId, earlierId }) => [requestId, earlierId],
  ),
  batchOfRequest: manyByKey(
    (ids) =>
      db.erasureRequest.findMany({
        where: { batchId: { in: ids }, ...visibleRequests(viewer) },
        orderBy: { number: 'asc' },
      }),
    (row) => row.batchId ?? '',
  ),
  authorOfEvidence: oneByKey(
    (seqs) => db.evidenceAuthor.findMany({ where: { seq: { in: seqs.map(BigInt) } } }),
    (row) => String(row.seq),
  ),
  evidenceOfRequest: manyByKey(
    (ids) =>
      db.evidence.findMany({
        where: { requestId: { in: ids } },
        orderBy: { seq: 'asc' },
        select: { seq: true, kind: true, requestId: true, payload: true, createdAt: true },
      }),
    (row) => row.requestId ?? '',
  ),
})
