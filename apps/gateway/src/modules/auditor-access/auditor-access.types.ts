import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime } from '../../graphql/scalars.js'

export const AuditorGrantState = { ACTIVE: 'ACTIVE', EXPIRED: 'EXPIRED', REVOKED: 'REVOKED' } as const
export type AuditorGrantState = keyof typeof AuditorGrantState
registerEnumType(AuditorGrantState, { name: 'AuditorGrantState' })

@ObjectType('AuditorGrant', {
  implements: Node,
  description: 'What an external auditor may look into, and until when. Outside of it they see nothing.',
})
export class AuditorGrant extends Node {
  userId!: string
  grantedById!: string
  requestIds!: readonly string[]

  @Field(() => AuditorGrantState)
  state!: AuditorGrantState

  @Field(() => String)
  reason!: string

  @Field(() => DateTime)
  grantedAt!: Date

  @Field(() => DateTime)
  expiresAt!: Date

  @Field(() => DateTime, { nullable: true })
  revokedAt!: Date | null
}

export const AuditorGrantConnection = connectionType(AuditorGrant, 'AuditorGrant')

@InputType('GrantAuditorAccessInput')
export class GrantAuditorAccessInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID, { description: 'A member with the role auditor.' })
  userId!: string

  @Field(() => [ID], { description: '1 to 100 erasure requests.' })
  erasureRequestIds!: string[]

  @Field(() => String)
  reason!: string

  @Field(() => DateTime, { description: 'Within 366 days.' })
  expiresAt!: Date
}

@InputType('RevokeAuditorAccessInput')
export class RevokeAuditorAccessInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  grantId!: string
}
