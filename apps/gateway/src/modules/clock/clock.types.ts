import { ClockState } from '@lethe/domain'
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { DateTime } from '../../graphql/scalars.js'

registerEnumType(ClockState.enum, { name: 'ClockState' })

@ObjectType('ClockStep')
export class ClockStep {
  @Field(() => String)
  code!: string

  @Field(() => String)
  day!: string

  @Field(() => String)
  note!: string
}

@ObjectType('ClockEvent')
export class ClockEvent {
  @Field(() => String)
  kind!: string

  @Field(() => DateTime)
  at!: Date

  @Field(() => String)
  reason!: string
}

@ObjectType('SlaClock')
export class SlaClock {
  requestId!: string

  @Field(() => ID)
  id!: string

  @Field(() => String)
  statuteId!: string

  @Field(() => String)
  citation!: string

  @Field(() => Int)
  ruleVersion!: number

  @Field(() => ClockState.enum)
  state!: ClockState

  @Field(() => DateTime)
  dueAt!: Date

  @Field(() => String)
  timeZone!: string

  @Field(() => [ClockStep], {
    description: 'Each step of the sum, so that anybody can reconstruct the date.',
  })
  explanation!: ClockStep[]

  @Field(() => [ClockEvent])
  events!: ClockEvent[]
}

export const SlaClockConnection = connectionType(SlaClock, 'SlaClock')
