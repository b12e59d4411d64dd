import { type Action, type ErasureState, isFinal, mayDo, mayMove } from '@lethe/domain'
import type { SignedIn } from '../../tenant-viewer.js'

const mutations: readonly { name: string; action: Action; from: (state: ErasureState) => boolean }[] = [
  { name: 'verifyIdentity', action: 'erasure:verify', from: (state) => mayMove(state, 'VERIFIED') },
  { name: 'planErasure', action: 'erasure:plan', from: (state) => mayMove(state, 'PLANNED') },
  { name: 'approveErasure', action: 'erasure:approve', from: (state) => state === 'PLANNED' },
  { name: 'rejectErasure', action: 'erasure:reject', from: (state) => mayMove(state, 'REJECTED') },
  { name: 'withdrawErasure', action: 'erasure:withdraw', from: (state) => mayMove(state, 'WITHDRAWN') },
  { name: 'retryErasure', action: 'erasure:retry', from: (state) => state === 'BLOCKED' },
  { name: 'requestEvidenceBundle', action: 'bundle:request', from: () => true },
  { name: 'recordFinding', action: 'review:write', from: () => true },
  { name: 'signOffErasure', action: 'review:write', from: isFinal },
]

/** Names of mutations that this viewer may call on a request now. */
export function allowedActions(
  viewer: SignedIn,
  request: {
    readonly state: ErasureState
    readonly requestedBy: string
    readonly planDigest: string | null
    readonly approvals: readonly { readonly userId: string; readonly planDigest: string }[]
  },
): string[] {
  const hasApproved = request.approvals.some(
    ({ userId, planDigest }) => userId === viewer.userId && planDigest === request.planDigest,
  )
  const mayApprove = request.requestedBy !== viewer.userId && !hasApproved
  return mutations
    .filter(({ action, from }) => mayDo(viewer.role, action) && from(request.state))
    .filter(({ name }) => name !== 'approveErasure' || mayApprove)
    .map(({ name }) => name)
}
