import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime } from '../../graphql/scalars.js'

export const AuditorGrantState = { ACTIVE: 'ACTIVE', EXPIRED: 'EXPIRED', REVOKED: 'REVOKED' } as const
export type AuditorGrantState = keyof typeof AuditorGrantState
registerEnumType(AuditorGrantState, { name: 'AuditorGrantState' })

@ObjectType('OutsideAuditor', {
  description: 'Somebody without an account here, whom an issuer outside vouches for.',
})
export class OutsideAuditor {
  @Field(() => String, { description: 'As it stands in iss of their tokens.' })
  issuer!: string

  @Field(() => String, { description: 'As it stands in sub of their tokens.' })
  subject!: string
}

@ObjectType('AuditorGrant', {
  implements: Node,
  description: 'What an external auditor may look into, and until when. Outside of it they see nothing.',
})
export class AuditorGrant extends Node {
  userId!: string
  grantedById!: string
  requestIds!: readonly string[]

  @Field(() => OutsideAuditor, { nullable: true, description: 'Null for a member.' })
  outside!: OutsideAuditor | null

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

@InputType('OutsideAuditorInput')
export class OutsideAuditorInput {
  @Field(() => String, {
    description: 'iss of their tokens, letter by letter; the operator has mapped auditors to it.',
  })
  issuer!: string

  @Field(() => String, { description: 'sub of their tokens, letter by letter.' })
  subject!: string
}

@InputType('GrantAuditorAccessInput')
export class GrantAuditorAccessInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID, {
    nullable: true,
    description: 'A member with the role auditor. Exactly one of userId and outside.',
  })
  userId?: string | null

  @Field(() => OutsideAuditorInput, { nullable: true })
  outside?: OutsideAuditorInput | null

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
