import { Field, ID, InputType, Int } from 'type-graphql'

@InputType('ClockMoveInput')
export class ClockMoveInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string

  @Field(() => String, {
    defaultValue: '',
    description: 'In 1 to 500 characters; may be left out of a confirmation and a resumption. Stays out of evidence.',
  })
  reason!: string
}

@InputType('ExtendClockInput')
export class ExtendClockInput extends ClockMoveInput {
  @Field(() => Int, { nullable: true, description: "In the unit of the rule's limit; the limit itself when missing." })
  count?: number | null
}

@InputType('ChangeClockRuleInput')
export class ChangeClockRuleInput extends ClockMoveInput {
  @Field(() => String)
  statuteId!: string
}
