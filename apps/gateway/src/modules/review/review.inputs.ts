import { Field, ID, InputType } from 'type-graphql'
import { FindingSeverity, SignOffOutcome } from './review.types.js'

@InputType('RecordFindingInput')
export class RecordFindingInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string

  @Field(() => FindingSeverity)
  severity!: FindingSeverity

  @Field(() => String, {
    description: 'What was found, in 1 to 2000 characters that name nobody: it goes on record for good.',
  })
  statement!: string
}

@InputType('SignOffErasureInput')
export class SignOffErasureInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string

  @Field(() => SignOffOutcome)
  outcome!: SignOffOutcome
}
