import { IdentityMethod, RejectionCode, StatuteId } from '@lethe/domain'
import { Field, ID, InputType, registerEnumType } from 'type-graphql'
import { DateTime, DigestScalar, Json } from '../../graphql/scalars.js'
import { PlanAction } from './plan-option.types.js'

registerEnumType(RejectionCode.enum, {
  name: 'RejectionCode',
  description: 'Why a request is turned down, for the record.',
})

@InputType('ErasureSelection')
export class ErasureSelection {
  @Field(() => String, { nullable: true, description: 'Exactly one of subjectKey and contentIds.' })
  subjectKey?: string | null

  @Field(() => [DigestScalar], { nullable: true })
  contentIds?: string[] | null
}

@InputType('RequestErasureInput')
export class RequestErasureInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ErasureSelection)
  selection!: ErasureSelection

  @Field(() => String)
  ground!: string

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it reached the tenant, if earlier than now: ten years ago at most, and not before its statute.',
  })
  receivedAt?: Date | null

  @Field(() => String, {
    nullable: true,
    description: 'StatuteId of @lethe/domain by whose rule the clock runs; the tenant’s own when missing.',
  })
  statuteId?: StatuteId | null
}

@InputType('PlanVersionInput', { description: 'What is done about one version, in place of what is chosen for all.' })
export class PlanVersionInput {
  @Field(() => ID)
  modelVersionId!: string

  @Field(() => PlanAction, { nullable: true })
  action?: Exclude<PlanAction, 'RETIRE'> | null

  @Field(() => Json, { nullable: true, description: 'UnlearningRecipe of @lethe/domain.' })
  unlearning?: unknown

  @Field(() => Json, { nullable: true })
  comparisons?: unknown

  @Field(() => String, {
    nullable: true,
    description: 'Of RETAIN: by what law, in 10 to 500 characters; goes on record.',
  })
  basis?: string | null
}

@InputType('PlanErasureInput')
export class PlanErasureInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string

  @Field(() => Json, {
    nullable: true,
    description: 'UnlearningRecipe of @lethe/domain; Alignment Calibration with its defaults when missing.',
  })
  unlearning?: unknown

  @Field(() => Json, {
    nullable: true,
    description: 'UnlearningRecipe[] to run beside it; fine-tuning with the same budget when missing.',
  })
  comparisons?: unknown

  @Field(() => [PlanVersionInput], { nullable: true, description: 'Choices for single versions.' })
  versions?: PlanVersionInput[] | null

  @Field(() => Json, { nullable: true, description: 'AuditPolicy of @lethe/domain; defaults when missing.' })
  policy?: unknown
}

@InputType('ErasureDecisionInput')
export class ErasureDecisionInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string

  @Field(() => String, { defaultValue: '' })
  reason!: string

  @Field(() => DigestScalar, {
    nullable: true,
    description: 'For an approval: digest of the plan that was read. Refused when the plan has changed since.',
  })
  planDigest?: string | null

  @Field(() => IdentityMethod.enum, {
    nullable: true,
    description: 'For a confirmation of identity: how; as the check began when missing, or by signing in.',
  })
  method?: IdentityMethod | null

  @Field(() => RejectionCode.enum, { nullable: true, description: 'For a rejection; OTHER when missing.' })
  reasonCode?: RejectionCode | null
}

@InputType('BeginIdentityCheckInput')
export class BeginIdentityCheckInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string

  @Field(() => IdentityMethod.enum, { description: 'How identity is to be shown.' })
  method!: IdentityMethod

  @Field(() => String, { description: 'Why, in 1 to 500 characters; stays in the tenant.' })
  reason!: string

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Reasonable doubt about who asks: the clock stands still where its rule allows that.',
  })
  inDoubt!: boolean
}

@InputType('BatchErasuresInput')
export class BatchErasuresInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => [ID], { description: '2 to 50 requests that are PLANNED, with one recipe for what they share.' })
  erasureRequestIds!: string[]
}

@InputType('RetryErasureInput')
export class RetryErasureInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string

  @Field(() => Json, { nullable: true })
  unlearning?: unknown
}
