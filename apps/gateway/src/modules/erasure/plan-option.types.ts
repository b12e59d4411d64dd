import { createUnionType, Field, Float, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Json } from '../../graphql/scalars.js'
import { UserError } from '../../graphql/user-error.js'

export const PlanAction = {
  UNLEARN: 'UNLEARN',
  RETRAIN: 'RETRAIN',
  DESTROY: 'DESTROY',
  RETAIN: 'RETAIN',
  RETIRE: 'RETIRE',
} as const
export type PlanAction = keyof typeof PlanAction
registerEnumType(PlanAction, {
  name: 'PlanAction',
  valuesConfig: {
    DESTROY: { description: 'It stops serving, and its weights are deleted.' },
    RETAIN: { description: 'It is kept although it remembers, for a reason in law.' },
    RETIRE: { description: 'What DESTROY was called in older plans.' },
  },
})

@ObjectType('Money')
export class Money {
  @Field(() => Float)
  amount!: number

  @Field(() => String, { description: 'ISO 4217.' })
  currency!: string
}

@ObjectType('MethodEstimate', { description: "What a method will take, by this model's own history on its device." })
export class MethodEstimate {
  @Field(() => String)
  method!: string

  @Field(() => Json, { description: 'UnlearningRecipe that the estimate is for; give it to planErasure.' })
  unlearning!: unknown

  @Field(() => Float, { nullable: true, description: 'Null where nothing was measured yet.' })
  seconds!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Bounds of the two-sided prediction interval; null while a single training is known.',
  })
  lowSeconds!: number | null

  @Field(() => Float, { nullable: true })
  highSeconds!: number | null

  @Field(() => Float, { nullable: true, description: 'Of the interval, such as 0.95.' })
  level!: number | null

  @Field(() => Int, { description: 'Trainings that the estimate rests on.' })
  trainings!: number

  @Field(() => Float, { nullable: true })
  shareOfRetraining!: number | null

  @Field(() => Money, {
    nullable: true,
    description: "At the tenant's price of a device hour; null where there is none.",
  })
  cost!: Money | null
}

@ObjectType('PlanOption', { description: 'A version that learned from the forget set, and what can be done about it.' })
export class PlanOption {
  modelVersionId!: string

  @Field(() => Int)
  learnedCount!: number

  @Field(() => Int, { description: 'Samples that it would still be trained on.' })
  retainedCount!: number

  @Field(() => [PlanAction])
  actions!: PlanAction[]

  @Field(() => [MethodEstimate], { description: 'Empty where too few samples would be left to train on.' })
  methods!: MethodEstimate[]
}

@InputType('SetDeviceHourPriceInput')
export class SetDeviceHourPriceInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => Float, { description: 'Of one hour of device time, from 0.' })
  amount!: number

  @Field(() => String, { description: 'ISO 4217, such as EUR.' })
  currency!: string
}

@ObjectType('DeviceHourPrice')
export class DeviceHourPrice {
  @Field(() => Money)
  price!: Money
}

export const DeviceHourPriceResult = createUnionType({
  name: 'DeviceHourPriceResult',
  types: () => [DeviceHourPrice, UserError] as const,
})
