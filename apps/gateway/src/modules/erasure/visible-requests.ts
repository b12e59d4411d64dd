import type { Prisma } from '@lethe/db'
import type { SignedIn } from '../../tenant-viewer.js'

/**
 * Requests that a viewer may see: an external auditor the cases of grants that hold, a data owner those that they raised or
 * that are about them, everybody else of the tenant all. Everything that hangs on a request is seen with it or not at all.
 */
export function visibleRequests(viewer: SignedIn): Prisma.ErasureRequestWhereInput {
  // Under AND, so that a condition on ids beside it narrows this one and never takes its place.
  if (viewer.cases !== null) return { AND: [{ id: { in: [...viewer.cases.requestIds] } }] }
  if (viewer.role !== 'data_owner') return {}
  return { AND: [{ OR: [{ requestedBy: viewer.userId }, { owner: { userId: viewer.userId } }] }] }
}

/** Whether every request of the tenant is theirs to see. */
export const seesAllRequests = (viewer: SignedIn): boolean => viewer.cases === null && viewer.role !== 'data_owner'

/** The same as a condition on what belongs to a request. */
export async function ofVisibleRequests(
  db: { readonly erasureRequest: Pick<Prisma.TransactionClient['erasureRequest'], 'findMany'> },
  viewer: SignedIn,
): Promise<{ requestId?: { in: string[] } }> {
  if (seesAllRequests(viewer)) return {}
  const rows = await db.erasureRequest.findMany({ where: visibleRequests(viewer), select: { id: true } })
  return { requestId: { in: rows.map(({ id }) => id) } }
}
