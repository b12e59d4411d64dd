import { MailLocale } from '@lethe/domain'
import { Role } from '@lethe/domain'
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { DateTime } from '../../graphql/scalars.js'

registerEnumType(MailLocale.enum, { name: 'MailLocale', description: 'Language of a mail.' })

export const InvitationState = {
  PENDING: 'PENDING',
  EXPIRED: 'EXPIRED',
  ACCEPTED: 'ACCEPTED',
  REVOKED: 'REVOKED',
} as const
export type InvitationState = keyof typeof InvitationState
registerEnumType(InvitationState, { name: 'InvitationState' })

@ObjectType('Invitation', { description: 'Its token is in the mail and nowhere else.' })
export class Invitation {
  inviterId!: string | null

  @Field(() => ID)
  id!: string

  @Field(() => String)
  email!: string

  @Field(() => Role.enum)
  role!: Role

  @Field(() => InvitationState)
  state!: InvitationState

  @Field(() => DateTime)
  createdAt!: Date

  @Field(() => DateTime)
  expiresAt!: Date
}

export const InvitationConnection = connectionType(Invitation, 'Invitation')

@InputType('InviteMemberInput')
export class InviteMemberInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => String)
  email!: string

  @Field(() => Role.enum)
  role!: Role

  @Field(() => String, { nullable: true, description: 'For a data owner: the key by which the tenant knows them.' })
  subjectKey?: string | null

  @Field(() => MailLocale.enum, { defaultValue: 'en' })
  locale!: MailLocale
}

@InputType('RevokeInvitationInput')
export class RevokeInvitationInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  invitationId!: string
}
