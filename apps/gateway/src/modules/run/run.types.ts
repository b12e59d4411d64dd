import { RunKind, RunState } from '@lethe/domain'
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime } from '../../graphql/scalars.js'
import { Cost } from '../model/model.types.js'

registerEnumType(RunKind.enum, { name: 'RunKind' })
registerEnumType(RunState.enum, { name: 'RunState' })

@ObjectType('Progress')
export class Progress {
  @Field(() => String)
  phase!: string

  @Field(() => Float)
  fraction!: number

  @Field(() => Int, { nullable: true })
  epoch?: number | undefined

  @Field(() => Int, { nullable: true })
  epochs?: number | undefined

  @Field(() => Int, { nullable: true })
  step?: number | undefined

  @Field(() => Int, { nullable: true })
  steps?: number | undefined

  @Field(() => Float, { nullable: true })
  loss?: number | undefined

  @Field(() => Float, { nullable: true })
  samplesPerSecond?: number | undefined

  @Field(() => Float, { nullable: true })
  etaSeconds?: number | undefined
}

@ObjectType('RunFailure')
export class RunFailure {
  @Field(() => String)
  code!: string

  @Field(() => String)
  message!: string

  @Field(() => String, { nullable: true })
  field?: string | undefined
}

@ObjectType('Run', { implements: Node })
export class Run extends Node {
  requestId!: string | null
  modelVersionId!: string | null

  @Field(() => RunKind.enum)
  kind!: RunKind

  @Field(() => RunState.enum)
  state!: RunState

  @Field(() => Int)
  attempt!: number

  @Field(() => String, { nullable: true })
  worker!: string | null

  @Field(() => String, { nullable: true })
  device!: string | null

  @Field(() => Progress, { nullable: true })
  progress!: Progress | null

  @Field(() => RunFailure, { nullable: true })
  failure!: RunFailure | null

  @Field(() => Cost, { nullable: true })
  cost!: Cost | null

  @Field(() => Boolean)
  cancelRequested!: boolean

  @Field(() => String, { nullable: true })
  method!: string | null

  @Field(() => DateTime)
  queuedAt!: Date

  @Field(() => DateTime, { nullable: true })
  startedAt!: Date | null

  @Field(() => DateTime, { nullable: true })
  finishedAt!: Date | null
}

@ObjectType('RunProgress', { description: 'One observation of a run, replayed from the start and then followed.' })
export class RunProgress {
  @Field(() => ID)
  runId!: string

  @Field(() => Int)
  attempt!: number

  @Field(() => String)
  worker!: string

  @Field(() => String)
  device!: string

  @Field(() => DateTime)
  at!: Date

  @Field(() => Progress)
  progress!: Progress
}

@ObjectType('Change')
export class Change {
  @Field(() => String)
  aggregate!: string

  @Field(() => ID)
  id!: string

  @Field(() => DateTime)
  at!: Date
}

export const RunConnection = connectionType(Run, 'Run')

@InputType('CancelRunInput')
export class CancelRunInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  runId!: string
}
