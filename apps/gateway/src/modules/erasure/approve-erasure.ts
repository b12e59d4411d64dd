import {
  beginErasing,
  beginUnlearning,
  type ErasureRequest as RequestRow,
  findUncovered,
  lockErasureRequest,
  moveErasureRequest,
  nameUncovered,
  type Tx,
} from '@lethe/db'
import { DomainError, type EvidenceEntry, REQUIRED_APPROVALS } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { type Effect, runOnce } from '../../graphql/run-once.js'
import type { ErasureDecision } from './erasure-decision.js'
import { findRequest } from './find-request.js'

/** One person's yes to the plan as it stands. The last one that is needed sets it going. */
export const approveErasure = (scope: Scope, input: ErasureDecision): Promise<string> =>
  runOnce(scope, 'approveErasure', input, async (tx, now) => {
    const { id } = await findRequest(tx, scope, input.erasureRequestId)
    await lockErasureRequest(tx, scope.tenantId, id)
    const request = await findRequest(tx, scope, id)
    const planDigest = assertApprovable(request, scope, input)
    const { tenantId, viewer } = scope
    await assertNotYetApproved(tx, scope, id, planDigest)
    await tx.approval.create({ data: { tenantId, requestId: id, userId: viewer.userId, planDigest, at: now } })
    const approvals = await tx.approval.count({ where: { requestId: id, planDigest } })
    const approved: EvidenceEntry = {
      kind: 'erasure-approved/v1',
      subjects: [{ name: 'plan', digest: { sha256: planDigest } }],
      erasureRequestId: id,
      predicate: {
        approval: approvals,
        required: REQUIRED_APPROVALS,
        approvedBy: scope.services.commitToPerson(viewer),
        role: viewer.role,
      },
    }
    if (approvals < REQUIRED_APPROVALS) {
      await moveErasureRequest(tx, { tenantId, requestId: id, to: 'PLANNED', now })
      return { id, evidence: [approved] }
    }
    return begin(tx, scope, { id, now, evidence: [approved] })
  })

function assertApprovable(request: RequestRow, { viewer }: Scope, input: ErasureDecision): string {
  if (request.state !== 'PLANNED' || request.planDigest === null)
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `Only a request that is PLANNED can be approved; this one is ${request.state}.`,
      'state',
    )
  if (request.requestedBy === viewer.userId)
    throw new DomainError(
      'SELF_APPROVAL',
      'You raised this request; let two other people approve its plan.',
      'input.erasureRequestId',
    )
  if (input.planDigest != null && input.planDigest !== request.planDigest)
    throw new DomainError('PLAN_CHANGED', 'The plan has changed since you read it; read it again.', 'input.planDigest')
  return request.planDigest
}

async function assertNotYetApproved(tx: Tx, { viewer }: Scope, requestId: string, planDigest: string): Promise<void> {
  const earlier = await tx.approval.findFirst({ where: { requestId, planDigest, userId: viewer.userId } })
  if (earlier === null) return
  throw new DomainError(
    'ALREADY_APPROVED',
    'You approved this plan already; somebody else must approve it too.',
    'input.erasureRequestId',
  )
}

async function begin(
  tx: Tx,
  { tenantId, viewer }: Scope,
  { id, now, evidence }: { id: string; now: Date; evidence: EvidenceEntry[] },
): Promise<Effect> {
  await assertNothingUncovered(tx, tenantId, id)
  await moveErasureRequest(tx, { tenantId, requestId: id, to: 'APPROVED', now })
  const begun = await beginUnlearning(tx, { tenantId, requestId: id, requestedBy: viewer.userId, now })
  if (begun.runIds.length > 0) return { id, evidence: [...evidence, ...begun.evidence] }
  const erasing = await beginErasing(tx, { tenantId, requestId: id, now })
  return { id, evidence: [...evidence, ...begun.evidence, ...erasing.evidence] }
}

/** What has come to derive from the samples since the plan was drawn up would go on remembering. */
async function assertNothingUncovered(tx: Tx, tenantId: string, requestId: string): Promise<void> {
  const uncovered = await findUncovered(tx, { tenantId, requestId })
  const unplanned = uncovered.filter(({ isPlanned }) => !isPlanned)
  if (unplanned.length === 0) return
  throw new DomainError(
    'PLAN_STALE',
    `Missing from the plan: ${nameUncovered(unplanned)}. Plan anew.`,
    'input.erasureRequestId',
  )
}
