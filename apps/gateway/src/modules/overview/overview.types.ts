import { Field, Int, ObjectType } from 'type-graphql'
import { Audit } from '../audit/audit.types.js'
import { ListAccess } from '../calendar/calendar.types.js'
import { SlaClock } from '../clock/clock.types.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import { Run } from '../run/run.types.js'

@ObjectType('Overview', { description: 'What needs the viewer now.' })
export class Overview {
  @Field(() => Int)
  openRequests!: number

  @Field(() => Int)
  atRisk!: number

  @Field(() => SlaClock, { nullable: true })
  nearestDue!: SlaClock | null

  @Field(() => ListAccess, {
    nullable: true,
    description:
      "Of California's deletion platform: null where its list was never fetched, or for who may not read clocks.",
  })
  listAccess!: ListAccess | null

  @Field(() => [Run])
  runsInProgress!: Run[]

  @Field(() => [Audit])
  recentAudits!: Audit[]

  @Field(() => [ErasureRequest])
  waitingForViewer!: ErasureRequest[]

  @Field(() => Int)
  datasetCount!: number

  @Field(() => Int)
  modelCount!: number

  @Field(() => Int)
  evidenceCount!: number
}
