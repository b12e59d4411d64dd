import { Role } from '@lethe/domain'
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime } from '../../graphql/scalars.js'

export const ApiKeyState = { ACTIVE: 'ACTIVE', EXPIRED: 'EXPIRED', REVOKED: 'REVOKED' } as const
export type ApiKeyState = keyof typeof ApiKeyState
registerEnumType(ApiKeyState, { name: 'ApiKeyState' })

@ObjectType('ApiKey', { implements: Node, description: "A program's way in; the key itself is kept nowhere." })
export class ApiKey extends Node {
  userId!: string

  @Field(() => String)
  name!: string

  @Field(() => Role.enum, { description: 'Bounds what it may do, and so do the rights that its maker has now.' })
  role!: Role

  @Field(() => String, { description: 'How it begins.' })
  prefix!: string

  @Field(() => ApiKeyState)
  state!: ApiKeyState

  @Field(() => Int, { nullable: true, description: 'Null: no bound of its own.' })
  requestsPerMinute!: number | null

  @Field(() => DateTime)
  createdAt!: Date

  @Field(() => DateTime, { nullable: true })
  expiresAt!: Date | null

  @Field(() => DateTime, { nullable: true, description: 'To the minute.' })
  lastUsedAt!: Date | null

  @Field(() => DateTime, { nullable: true })
  revokedAt!: Date | null
}

export const ApiKeyConnection = connectionType(ApiKey, 'ApiKey')

@ObjectType('CreatedApiKey')
export class CreatedApiKey {
  @Field(() => ApiKey)
  apiKey!: ApiKey

  @Field(() => String, {
    nullable: true,
    description: 'The key, sent as `Authorization: Bearer …`. Shown this once: null where the mutation is repeated.',
  })
  secret!: string | null
}

@InputType('CreateApiKeyInput')
export class CreateApiKeyInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => String)
  name!: string

  @Field(() => Role.enum, { description: 'One that has no right which you lack.' })
  role!: Role

  @Field(() => DateTime, { nullable: true, description: 'It does not end by itself when missing.' })
  expiresAt?: Date | null

  @Field(() => Int, { nullable: true })
  requestsPerMinute?: number | null
}

@InputType('RevokeApiKeyInput')
export class RevokeApiKeyInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  apiKeyId!: string
}
