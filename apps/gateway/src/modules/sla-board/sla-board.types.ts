import { ClockState, ErasureState } from '@lethe/domain'
import { Field, Float, Int, ObjectType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { DateTime } from '../../graphql/scalars.js'

@ObjectType('SlaBoardEntry', {
  description: "One clock on the platform admin's board; no tenant data beyond its name.",
})
export class SlaBoardEntry {
  @Field(() => String)
  tenantName!: string

  @Field(() => Int)
  requestNumber!: number

  @Field(() => ErasureState.enum)
  requestState!: ErasureState

  @Field(() => ClockState.enum)
  clockState!: ClockState

  @Field(() => String)
  statuteId!: string

  @Field(() => DateTime)
  dueAt!: Date

  @Field(() => DateTime)
  receivedAt!: Date

  @Field(() => DateTime, {
    nullable: true,
    description: 'By when receipt is to be confirmed, where the rule asks for it.',
  })
  acknowledgeDueAt!: Date | null

  @Field(() => ClockState.enum, { nullable: true })
  acknowledgeState!: ClockState | null

  @Field(() => Int)
  pauses!: number

  @Field(() => Boolean)
  isExtended!: boolean

  @Field(() => Int, { description: 'Reminders and breaches that were told.' })
  notices!: number

  @Field(() => Float, { nullable: true, description: 'As foretold last; null once the clock has ended.' })
  breachProbability!: number | null

  @Field(() => Int, { nullable: true, description: 'Fulfilled requests of the tenant that the forecast rests on.' })
  forecastOn!: number | null
}

export const SlaBoardConnection = connectionType(SlaBoardEntry, 'SlaBoard')
