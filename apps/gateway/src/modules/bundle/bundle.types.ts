import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime, DigestScalar } from '../../graphql/scalars.js'

export const EvidenceBundleState = { QUEUED: 'QUEUED', READY: 'READY', FAILED: 'FAILED' } as const
export type EvidenceBundleState = keyof typeof EvidenceBundleState
registerEnumType(EvidenceBundleState, { name: 'EvidenceBundleState' })

@ObjectType('EvidenceBundleFailure')
export class EvidenceBundleFailure {
  @Field(() => String)
  code!: string

  @Field(() => String)
  message!: string
}

@ObjectType('EvidenceBundle', {
  implements: Node,
  description: 'The evidence of one request as an archive that is verified without this platform.',
})
export class EvidenceBundle extends Node {
  requestId!: string

  @Field(() => EvidenceBundleState)
  state!: EvidenceBundleState

  @Field(() => DateTime)
  requestedAt!: Date

  @Field(() => Boolean, { description: 'Made without being asked for, because the request was closed.' })
  isAutomatic!: boolean

  @Field(() => Int, { nullable: true, description: 'Entries of the log that it covers.' })
  logSize!: number | null

  @Field(() => DigestScalar, { nullable: true, description: 'Of the archive; null until it is READY.' })
  digest!: string | null

  @Field(() => Float, { nullable: true, description: 'Bytes of the archive.' })
  size!: number | null

  @Field(() => String, { nullable: true, description: 'Path on this gateway of the archive; null until it is READY.' })
  path!: string | null

  @Field(() => EvidenceBundleFailure, { nullable: true })
  failure!: EvidenceBundleFailure | null

  @Field(() => DateTime, { nullable: true, description: 'When it was made, or given up.' })
  settledAt!: Date | null
}

export const EvidenceBundleConnection = connectionType(EvidenceBundle, 'EvidenceBundle')

@InputType('RequestEvidenceBundleInput')
export class RequestEvidenceBundleInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string
}
