import type { TenantClient } from '@lethe/db'
import { oneById } from '../../graphql/batching.js'
import type { TenantViewer } from '../../tenant-viewer.js'
import { visibleNotices } from './notice.reads.js'

export const noticeLoaders = (db: TenantClient, viewer: TenantViewer) => ({
  /** Of those that the viewer may see. */
  notice: oneById(async (ids) =>
    db.notice.findMany({ where: { AND: [{ id: { in: ids } }, await visibleNotices({ db, viewer })] } }),
  ),
})
