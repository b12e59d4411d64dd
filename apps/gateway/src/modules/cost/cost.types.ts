import { Field, Float, Int, ObjectType } from 'type-graphql'
import { DateTime } from '../../graphql/scalars.js'
import { Money } from '../erasure/plan-option.types.js'

@ObjectType('DeviceCosts', { description: 'What runs of the tenant were measured to take, and what that costs.' })
export class DeviceCosts {
  @Field(() => Money, { nullable: true, description: 'Of a device hour; null until setDeviceHourPrice.' })
  price!: Money | null

  @Field(() => DateTime, { description: 'From when on runs are counted.' })
  measuredSince!: Date

  @Field(() => Int)
  settledRuns!: number

  @Field(() => Float, { description: 'Measured, never allocated.' })
  wallSeconds!: number

  @Field(() => Float)
  cpuSeconds!: number

  @Field(() => Float, { description: 'The largest of any run.' })
  peakMemoryBytes!: number

  @Field(() => Money, { nullable: true, description: 'wallSeconds at the price of a device hour.' })
  cost!: Money | null
}
