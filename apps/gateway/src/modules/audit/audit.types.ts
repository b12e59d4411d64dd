import { Verdict } from '@lethe/domain'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime, Json } from '../../graphql/scalars.js'

registerEnumType(Verdict.enum, { name: 'Verdict' })

@ObjectType('Audit', { implements: Node })
export class Audit extends Node {
  requestId!: string
  beforeVersionId!: string
  afterVersionId!: string
  runId!: string

  @Field(() => Int)
  number!: number

  @Field(() => Verdict.enum)
  verdict!: Verdict

  @Field(() => Json, { description: 'AuditReport of @lethe/domain.' })
  report!: unknown

  @Field(() => String, {
    description: 'Path on this gateway of the alignment matrices (safetensors, float32).',
  })
  matricesPath!: string

  @Field(() => DateTime)
  createdAt!: Date
}

export const AuditConnection = connectionType(Audit, 'Audit')
