import { Field, ID, InputType } from 'type-graphql'
import { DateTime, DigestScalar, Json } from '../../graphql/scalars.js'

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

  @Field(() => DateTime, { nullable: true, description: 'When it reached the tenant, if earlier than now.' })
  receivedAt?: Date | null
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
