import { MailLocale } from '@lethe/domain'
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { DateTime } from '../../graphql/scalars.js'

export const IdentityChallengeState = {
  PENDING: 'PENDING',
  CONFIRMED: 'CONFIRMED',
  DECLINED: 'DECLINED',
  EXPIRED: 'EXPIRED',
  CANCELLED: 'CANCELLED',
  UNSENT: 'UNSENT',
} as const
export type IdentityChallengeState = keyof typeof IdentityChallengeState
registerEnumType(IdentityChallengeState, {
  name: 'IdentityChallengeState',
  valuesConfig: {
    DECLINED: { description: 'Whoever got the mail says that they asked for nothing.' },
    CANCELLED: { description: 'Taken back, or needed no more: the request went on otherwise.' },
    UNSENT: { description: 'The mail server did not take the mail; send another.' },
  },
})

@ObjectType('IdentityChallenge', {
  description:
    'A link that was mailed to the person whom a request is about. Their address is kept nowhere, nor is the link.',
})
export class IdentityChallenge {
  sentById!: string

  @Field(() => ID)
  id!: string

  @Field(() => IdentityChallengeState)
  state!: IdentityChallengeState

  @Field(() => DateTime)
  sentAt!: Date

  @Field(() => DateTime)
  expiresAt!: Date

  @Field(() => DateTime, { nullable: true, description: 'When it was answered or taken back.' })
  settledAt!: Date | null
}

@InputType('SendIdentityChallengeInput')
export class SendIdentityChallengeInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string

  @Field(() => String, {
    description: 'Address of the person, known before they asked. It is used for this one mail and kept nowhere.',
  })
  email!: string

  @Field(() => MailLocale.enum, { defaultValue: 'en', description: 'Of the mail.' })
  locale!: MailLocale

  @Field(() => String, { defaultValue: '', description: 'Why, in at most 500 characters; stays in the tenant.' })
  reason!: string

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Reasonable doubt about who asks: the clock stands still where its rule allows that.',
  })
  inDoubt!: boolean
}

@InputType('CancelIdentityChallengeInput')
export class CancelIdentityChallengeInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  erasureRequestId!: string
}
