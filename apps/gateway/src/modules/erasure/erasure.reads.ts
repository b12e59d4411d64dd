import { findFailedStep, type Prisma } from '@lethe/db'
import type { ErasureState } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { required } from '../../graphql/batching.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { shapeDataOwner } from '../dataset/dataset.shape.js'
import type { DataOwner } from '../dataset/dataset.types.js'
import { allowedActions } from './allowed-actions.js'
import { shapeErasureRequest } from './erasure.shape.js'
import { Approval, type ErasureRequest } from './erasure.types.js'
import { visibleRequests } from './visible-requests.js'

/** Requests that the viewer may see, newest first. */
export function listErasureRequests(
  { db, viewer }: Scope,
  page: Page,
  state?: ErasureState | null,
): Promise<Connection<ErasureRequest>> {
  const where: Prisma.ErasureRequestWhereInput = {
    AND: [visibleRequests(viewer), state == null ? {} : { state }],
  }
  return connectionOf(page, {
    rows: (take, key) =>
      db.erasureRequest.findMany({
        where: key === null ? where : { AND: [where, { id: { lt: key } }] },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.erasureRequest.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: shapeErasureRequest,
  })
}

export async function readOwner({ loaders, viewer }: Scope, request: ErasureRequest): Promise<DataOwner | null> {
  if (viewer.role === 'auditor') return null
  return shapeDataOwner(required(await loaders.dataOwner.load(request.ownerId)), viewer)
}

/** Approvals of the plan as it stands. */
export async function readApprovals({ loaders }: Scope, request: ErasureRequest): Promise<Approval[]> {
  const approvals = await loaders.approvalsOfRequest.load(request.id)
  return approvals
    .filter(({ planDigest }) => planDigest === request.planDigest)
    .map(({ userId, at }) => shape(Approval, { userId, at, requestedBy: request.requestedBy }))
}

export async function readAllowedActions(scope: Scope, request: ErasureRequest): Promise<string[]> {
  const { loaders, viewer } = scope
  const approvals = await loaders.approvalsOfRequest.load(request.id)
  return allowedActions(viewer, { ...request, approvals, resumesAt: await readResumesAt(scope, request) })
}

/** Null unless the request is blocked, and where only a new plan helps. */
export const readResumesAt = ({ db, tenantId }: Scope, { id, state }: ErasureRequest): Promise<ErasureState | null> =>
  state === 'BLOCKED' ? findFailedStep(db, { tenantId, requestId: id }) : Promise.resolve(null)
