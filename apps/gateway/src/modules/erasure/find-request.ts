import type { ErasureRequest as RequestRow, Tx } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { visibleRequests } from './visible-requests.js'

/** @throws DomainError NOT_FOUND, also for a request of another tenant or one that the viewer may not see */
export async function findRequest(tx: Tx, { viewer }: Scope, id: string): Promise<RequestRow> {
  const row = isUuid(id) ? await tx.erasureRequest.findFirst({ where: { id, ...visibleRequests(viewer) } }) : null
  if (row) return row
  throw new DomainError('NOT_FOUND', 'There is no such erasure request.', 'input.erasureRequestId')
}
