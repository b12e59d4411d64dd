import { ClockState, DeadlineKind } from '@lethe/domain'
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { DateTime } from '../../graphql/scalars.js'

registerEnumType(ClockState.enum, { name: 'ClockState' })
registerEnumType(DeadlineKind.enum, { name: 'DeadlineKind' })

@ObjectType('ClockStep')
export class ClockStep {
  @Field(() => String)
  code!: string

  @Field(() => String)
  day!: string

  @Field(() => String, { description: 'The step in English; the fields below say the same for other languages.' })
  note!: string

  @Field(() => DateTime, { nullable: true, description: 'Where the rule counts hours: the instant reached.' })
  at?: Date | null

  @Field(() => Float, { nullable: true, description: 'What was added, in the unit beside it.' })
  count?: number | undefined

  @Field(() => String, { nullable: true })
  unit?: string | undefined

  @Field(() => DateTime, { nullable: true })
  from?: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Missing while a pause goes on.' })
  until?: Date | null

  @Field(() => String, { nullable: true })
  reason?: string | undefined

  @Field(() => String, { nullable: true, description: 'Of a change: the rule that it took the place of.' })
  statuteId?: string | undefined

  @Field(() => Int, { nullable: true })
  ruleVersion?: number | undefined
}

@ObjectType('ClockDeadline', { description: 'One of the things that a rule asks for by a date.' })
export class ClockDeadline {
  @Field(() => DeadlineKind.enum)
  kind!: DeadlineKind

  @Field(() => ClockState.enum)
  state!: ClockState

  @Field(() => DateTime)
  dueAt!: Date

  @Field(() => [ClockStep])
  explanation!: ClockStep[]
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

  @Field(() => [ClockDeadline], { description: 'Earliest duty first; the last is the answer to the request.' })
  deadlines!: ClockDeadline[]

  @Field(() => [ClockEvent])
  events!: ClockEvent[]
}

export const SlaClockConnection = connectionType(SlaClock, 'SlaClock')
