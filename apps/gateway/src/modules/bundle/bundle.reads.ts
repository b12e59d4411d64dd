import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { ofVisibleRequests } from '../erasure/visible-requests.js'
import { shapeBundle } from './bundle.shape.js'
import type { EvidenceBundle } from './bundle.types.js'

/** Bundles of requests that the viewer may see, newest first. */
export async function listBundles({ db, viewer }: Scope, page: Page): Promise<Connection<EvidenceBundle>> {
  const where = await ofVisibleRequests(db, viewer)
  return connectionOf(page, {
    rows: (take, key) =>
      db.evidenceBundle.findMany({
        where: key === null ? where : { ...where, id: { lt: key } },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.evidenceBundle.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: shapeBundle,
  })
}
