import type { Prisma } from '@lethe/db'
import type { SignedIn } from '../../tenant-viewer.js'

/** A data owner sees requests that they raised or that are about them; everybody else of the tenant sees all. */
export const visibleRequests = (viewer: SignedIn): Prisma.ErasureRequestWhereInput =>
  viewer.role === 'data_owner' ? { OR: [{ requestedBy: viewer.userId }, { owner: { userId: viewer.userId } }] } : {}
