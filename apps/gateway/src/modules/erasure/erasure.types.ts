import { ErasureAction, ErasureRelation, ErasureState, IdentityMethod } from '@lethe/domain'
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime, DigestScalar, Json } from '../../graphql/scalars.js'
import { Sentence } from '../../graphql/sentence.js'
import { PlanAction } from './plan-option.types.js'

registerEnumType(ErasureState.enum, { name: 'ErasureState' })

registerEnumType(IdentityMethod.enum, {
  name: 'IdentityMethod',
  description: 'How a person was known to be the one whom the data is about.',
})

registerEnumType(ErasureRelation.enum, { name: 'ErasureRelation', description: 'How two requests ask for the same.' })

export const PlanItemState = {
  PENDING: 'PENDING',
  RUNNING: 'RUNNING',
  AUDITING: 'AUDITING',
  DONE: 'DONE',
  FAILED: 'FAILED',
} as const
export type PlanItemState = keyof typeof PlanItemState
registerEnumType(PlanItemState, { name: 'PlanItemState' })

@ObjectType('Approval')
export class Approval {
  /** Who raised the request. */
  requestedBy!: string

  @Field(() => ID)
  userId!: string

  @Field(() => DateTime)
  at!: Date
}

@ObjectType('PlanItem')
export class PlanItem {
  modelVersionId!: string
  resultVersionId!: string | null

  @Field(() => ID)
  id!: string

  @Field(() => PlanAction)
  action!: PlanAction

  @Field(() => String, { nullable: true })
  method!: string | null

  @Field(() => Json, { nullable: true, description: 'UnlearningRecipe of @lethe/domain.' })
  unlearning!: unknown

  @Field(() => Json, { description: 'UnlearningRecipe[] run beside it for comparison.' })
  comparisons!: unknown

  @Field(() => Float, { nullable: true })
  estimateSeconds!: number | null

  @Field(() => Float, { nullable: true, description: 'Bounds of the prediction interval of estimateSeconds.' })
  estimateLowSeconds!: number | null

  @Field(() => Float, { nullable: true })
  estimateHighSeconds!: number | null

  @Field(() => Float, { nullable: true })
  retrainEstimateSeconds!: number | null

  @Field(() => String, { nullable: true, description: 'By what law a version that remembers is kept.' })
  basis!: string | null

  @Field(() => PlanItemState)
  state!: PlanItemState
}

registerEnumType(ErasureAction.enum, { name: 'ErasureAction' })

export const ClosureItemState = {
  PLANNED: 'PLANNED',
  FORGOTTEN: 'FORGOTTEN',
  RETRAINED: 'RETRAINED',
  DESTROYED: 'DESTROYED',
  RETAINED: 'RETAINED',
  NOT_COVERED: 'NOT_COVERED',
} as const
export type ClosureItemState = keyof typeof ClosureItemState
registerEnumType(ClosureItemState, { name: 'ClosureItemState' })

export const KeptBecause = { PROOF: 'PROOF', SHARED_BYTES: 'SHARED_BYTES' } as const
export type KeptBecause = keyof typeof KeptBecause
registerEnumType(KeptBecause, {
  name: 'KeptBecause',
  description: 'Why the platform keeps a thing: it proves the erasure, or something else needs the same bytes.',
})

@ObjectType('ClosureItem', { description: 'One thing that derives from the forgotten samples.' })
export class ClosureItem {
  @Field(() => String, { description: 'ErasureThingKind of @lethe/domain.' })
  thing!: string

  @Field(() => ID, { description: 'Id of the dataset version, model version or request that it is of.' })
  refId!: string

  @Field(() => String, { nullable: true, description: 'Null for viewers who may not read datasets.' })
  label!: string | null

  @Field(() => ErasureAction.enum, { nullable: true, description: 'Null where no plan names it.' })
  action!: ErasureAction | null

  @Field(() => ClosureItemState)
  state!: ClosureItemState

  @Field(() => String, { nullable: true, description: 'Why it is kept.' })
  basis!: string | null

  @Field(() => KeptBecause, { nullable: true, description: 'basis as a code; null where a person wrote it.' })
  basisCode!: KeptBecause | null

  @Field(() => Int, { nullable: true, description: 'Sequence number of the evidence of its deletion.' })
  receiptSeq!: number | null
}

@ObjectType('TimelineEntry')
export class TimelineEntry {
  @Field(() => DateTime)
  at!: Date

  @Field(() => String, { description: 'EvidenceKind of @lethe/domain.' })
  kind!: string

  @Field(() => Int, { description: 'Sequence number of the evidence that proves it.' })
  evidenceSeq!: number

  @Field(() => String, { description: 'In English.' })
  summary!: string

  @Field(() => Sentence, { nullable: true, description: 'summary in codes; null for statements of an older shape.' })
  sentence!: Sentence | null

  @Field(() => String, {
    nullable: true,
    description: 'Who did it; null where the platform did, or for whom it hides.',
  })
  by!: string | null

  @Field(() => String, { nullable: true, description: 'In their words; kept in the tenant, not on record.' })
  reason!: string | null
}

@ObjectType('AuditPolicy')
export class AuditPolicyType {
  @Field(() => Float)
  alpha!: number

  @Field(() => Float)
  aucMargin!: number

  @Field(() => Float)
  utilityMargin!: number

  @Field(() => Float)
  minimumPower!: number

  @Field(() => Int)
  views!: number

  @Field(() => Int)
  resamples!: number

  @Field(() => Int)
  seed!: number
}

@ObjectType('ErasureRequest', { implements: Node })
export class ErasureRequest extends Node {
  ownerId!: string
  requestedBy!: string
  batchId!: string | null

  @Field(() => Int)
  number!: number

  @Field(() => ErasureState.enum)
  state!: ErasureState

  @Field(() => String, {
    nullable: true,
    description:
      'Why it stands still, was closed, or what it waits for: the words of a person, or of the platform in English.',
  })
  stateReason!: string | null

  @Field(() => Sentence, { nullable: true, description: 'stateReason in codes; null where a person wrote it.' })
  stateSentence!: Sentence | null

  @Field(() => String)
  ground!: string

  @Field(() => DigestScalar)
  forgetDigest!: string

  @Field(() => DigestScalar, { description: 'By which evidence names the person, and the forget set.' })
  subjectCommitment!: string

  @Field(() => DigestScalar)
  forgetSetCommitment!: string

  @Field(() => Int)
  forgetCount!: number

  @Field(() => AuditPolicyType, { nullable: true })
  policy!: AuditPolicyType | null

  @Field(() => DigestScalar, { nullable: true })
  policyDigest!: string | null

  @Field(() => DigestScalar, { nullable: true })
  planDigest!: string | null

  @Field(() => DateTime)
  receivedAt!: Date

  @Field(() => DateTime, { nullable: true })
  closedAt!: Date | null

  @Field(() => IdentityMethod.enum, { nullable: true, description: 'Null until identity is looked into.' })
  identityMethod!: IdentityMethod | null
}

@ObjectType('RelatedErasure', {
  description: 'A request that asks for the same. Each is verified, planned, audited and closed by itself.',
})
export class RelatedErasure {
  @Field(() => ErasureRelation.enum)
  relation!: ErasureRelation

  @Field(() => Int, { description: 'Samples that both name.' })
  sharedCount!: number

  @Field(() => ErasureRequest)
  request!: ErasureRequest
}

export const ErasureRequestConnection = connectionType(ErasureRequest, 'ErasureRequest')
