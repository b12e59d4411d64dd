import type { ErasureRequest as RequestRow, PlanItem as PlanItemRow } from '@lethe/db'
import { AuditPolicy, type ErasureState, type IdentityMethod } from '@lethe/domain'
import { z } from 'zod'
import { shape } from '../../graphql/node.js'
import { Sentence } from '../../graphql/sentence.js'
import { AuditPolicyType, ErasureRequest, PlanItem, type PlanItemState } from './erasure.types.js'
import type { PlanAction } from './plan-option.types.js'

export const shapeErasureRequest = (row: RequestRow): ErasureRequest =>
  shape(ErasureRequest, {
    id: row.id,
    ownerId: row.ownerId,
    requestedBy: row.requestedBy,
    number: row.number,
    state: row.state as ErasureState,
    stateReason: row.stateReason,
    stateSentence: shapeSaid(row.stateReasonSaid),
    ground: row.ground,
    forgetDigest: row.forgetDigest,
    subjectCommitment: row.subjectCommitment,
    forgetSetCommitment: row.forgetSetCommitment,
    forgetCount: row.forgetCount,
    policy: row.policy === null ? null : shape(AuditPolicyType, AuditPolicy.parse(row.policy)),
    policyDigest: row.policyDigest,
    planDigest: row.planDigest,
    receivedAt: row.receivedAt,
    closedAt: row.closedAt,
    batchId: row.batchId,
    identityMethod: row.identityMethod as IdentityMethod | null,
  })

const Said = z.object({ code: z.string(), facts: z.record(z.string(), z.unknown()) }).nullable()

function shapeSaid(said: unknown): Sentence | null {
  const known = Said.parse(said)
  return known === null ? null : shape(Sentence, known)
}

const Method = z.object({ method: z.string() }).nullable()
const Interval = z.object({ interval: z.tuple([z.number(), z.number()]).nullable() }).nullable()

export const shapePlanItem = (row: PlanItemRow): PlanItem =>
  shape(PlanItem, {
    id: row.id,
    modelVersionId: row.modelVersionId,
    resultVersionId: row.resultVersionId,
    action: row.action as PlanAction,
    method: Method.parse(row.unlearning)?.method ?? null,
    unlearning: row.unlearning,
    comparisons: row.comparisons,
    estimateSeconds: row.estimateSeconds,
    estimateLowSeconds: Interval.parse(row.estimate)?.interval?.[0] ?? null,
    estimateHighSeconds: Interval.parse(row.estimate)?.interval?.[1] ?? null,
    retrainEstimateSeconds: row.retrainEstimateSeconds,
    basis: row.basis,
    state: row.state as PlanItemState,
  })
