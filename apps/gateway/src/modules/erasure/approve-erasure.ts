import {
  type ErasureRequest as RequestRow,
  lockErasureRequest,
  moveErasureRequest,
  startBatch,
  type Tx,
} from '@lethe/db'
import { DomainError, type EvidenceEntry, REQUIRED_APPROVALS } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { type Effect, runOnce } from '../../graphql/run-once.js'
import { assertNothingUncovered, beginApproved } from './begin-approved.js'
import type { ErasureDecision } from './erasure-decision.js'
import { isAppointedBy } from '../member/appointment.js'
import { findRequest } from './find-request.js'

/** One person's yes to the plan as it stands. The last one that is needed sets it going. */
export const approveErasure = (scope: Scope, input: ErasureDecision): Promise<string> =>
  runOnce(scope, 'approveErasure', input, async (tx, now) => {
    const { id } = await findRequest(tx, scope, input.erasureRequestId)
    await lockErasureRequest(tx, scope.tenantId, id)
    const request = await findRequest(tx, scope, id)
    const planDigest = assertApprovable(request, scope, input)
    const { tenantId, viewer } = scope
    const reason = input.reason.trim()
    await assertNotYetApproved(tx, scope, id, planDigest)
    await tx.approval.create({ data: { tenantId, requestId: id, userId: viewer.userId, planDigest, at: now } })
    const approvals = await tx.approval.count({ where: { requestId: id, planDigest } })
    const isAppointed = await isAppointedBy(tx, { userId: viewer.userId, requesterId: request.requestedBy, at: now })
    const approved: EvidenceEntry = {
      kind: 'erasure-approved/v1',
      subjects: [{ name: 'plan', digest: { sha256: planDigest } }],
      erasureRequestId: id,
      predicate: {
        approval: approvals,
        required: REQUIRED_APPROVALS,
        approvedBy: scope.services.commitToPerson(viewer),
        role: viewer.role,
        ...(isAppointed ? { appointedByRequester: true as const } : {}),
      },
    }
    if (approvals < REQUIRED_APPROVALS) {
      await moveErasureRequest(tx, { tenantId, requestId: id, to: 'PLANNED', now })
      return { id, evidence: [approved], reason }
    }
    return { ...(await begin(tx, scope, { id, batchId: request.batchId, now, evidence: [approved] })), reason }
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
  if (input.planDigest == null)
    throw new DomainError(
      'PLAN_DIGEST_REQUIRED',
      'Send the digest of the plan that you read: a yes is to one plan, not to whatever it is by now.',
      'input.planDigest',
    )
  if (input.planDigest !== request.planDigest)
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

/** In a batch it waits for the others; what is missing from its own plan is said at once, all the same. */
async function begin(
  tx: Tx,
  { tenantId, viewer }: Scope,
  { id, batchId, now, evidence }: { id: string; batchId: string | null; now: Date; evidence: EvidenceEntry[] },
): Promise<Effect> {
  const requestedBy = viewer.userId
  await assertNothingUncovered(tx, { tenantId, requestId: id })
  await moveErasureRequest(tx, { tenantId, requestId: id, to: 'APPROVED', now })
  const begun =
    batchId === null
      ? await beginApproved(tx, { tenantId, requestId: id, requestedBy, now })
      : (await startBatch(tx, { tenantId, batchId, requestedBy, now })).evidence
  return { id, evidence: [...evidence, ...begun] }
}
