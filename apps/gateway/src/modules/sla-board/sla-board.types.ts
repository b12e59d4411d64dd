import { ClockState, ErasureState } from '@lethe/domain'
import { Field, Int, ObjectType } from 'type-graphql'
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
}

export const SlaBoardConnection = connectionType(SlaBoardEntry, 'SlaBoard')
