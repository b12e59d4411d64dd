import { type Action, type ErasureState, ErasureStep, isFinal, mayDo, mayTake } from '@lethe/domain'
import type { SignedIn } from '../../tenant-viewer.js'

/** By which right a step is taken. */
const rights: Readonly<Record<ErasureStep, Action>> = {
  beginIdentityCheck: 'erasure:verify',
  sendIdentityChallenge: 'erasure:verify',
  verifyIdentity: 'erasure:verify',
  planErasure: 'erasure:plan',
  approveErasure: 'erasure:approve',
  batchErasures: 'erasure:plan',
  leaveErasureBatch: 'erasure:plan',
  rejectErasure: 'erasure:reject',
  withdrawErasure: 'erasure:withdraw',
  retryErasure: 'erasure:retry',
}

const beside: readonly { name: string; action: Action; from: (state: ErasureState) => boolean }[] = [
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
    readonly batchId: string | null
    /** Of a blocked request: the step that it can be taken up from. */
    readonly resumesAt: ErasureState | null
    readonly approvals: readonly { readonly userId: string; readonly planDigest: string }[]
  },
): string[] {
  const hasApproved = request.approvals.some(
    ({ userId, planDigest }) => userId === viewer.userId && planDigest === request.planDigest,
  )
  const mayApprove = request.requestedBy !== viewer.userId && !hasApproved
  const holds: Partial<Record<ErasureStep, boolean>> = {
    approveErasure: mayApprove,
    batchErasures: request.batchId === null,
    leaveErasureBatch: request.batchId !== null,
    retryErasure: request.resumesAt !== null,
  }
  const steps = ErasureStep.options.filter(
    (step) => mayDo(viewer.role, rights[step]) && mayTake(step, request.state) && holds[step] !== false,
  )
  const others = beside.filter(({ action, from }) => mayDo(viewer.role, action) && from(request.state))
  return [...steps, ...others.map(({ name }) => name)]
}
