import { DeliveryError as Errors, type NoticeKind as Kind } from '@lethe/domain'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime } from '../../graphql/scalars.js'
import { NoticeKind } from '../notice/notice.types.js'

export const WebhookState = { ACTIVE: 'ACTIVE', DISABLED: 'DISABLED' } as const
registerEnumType(WebhookState, { name: 'WebhookState' })

export const WebhookDisabledReason = { UNREACHABLE: 'UNREACHABLE', GONE: 'GONE', BY_MEMBER: 'BY_MEMBER' } as const
registerEnumType(WebhookDisabledReason, {
  name: 'WebhookDisabledReason',
  description: 'Nothing reached it for about a day, it answered 410, or a member switched it off.',
})

export const WebhookDeliveryState = { QUEUED: 'QUEUED', DELIVERED: 'DELIVERED', FAILED: 'FAILED' } as const
registerEnumType(WebhookDeliveryState, { name: 'WebhookDeliveryState' })

export const WebhookAttemptError = Errors.enum
registerEnumType(WebhookAttemptError, { name: 'WebhookAttemptError' })

@ObjectType('Webhook', { implements: Node, description: 'An endpoint outside that is told what happens.' })
export class Webhook extends Node {
  @Field(() => String)
  url!: string

  @Field(() => String)
  description!: string

  @Field(() => [NoticeKind])
  kinds!: Kind[]

  @Field(() => WebhookState)
  state!: keyof typeof WebhookState

  @Field(() => WebhookDisabledReason, { nullable: true })
  disabledReason!: keyof typeof WebhookDisabledReason | null

  @Field(() => DateTime)
  createdAt!: Date

  @Field(() => DateTime)
  updatedAt!: Date
}

export const WebhookConnection = connectionType(Webhook, 'Webhook')

@ObjectType('WebhookAttempt')
export class WebhookAttempt {
  @Field(() => DateTime)
  at!: Date

  @Field(() => Int)
  durationMs!: number

  @Field(() => Int, { nullable: true, description: 'HTTP status, when there was an answer.' })
  status!: number | null

  @Field(() => WebhookAttemptError, { nullable: true, description: 'Null when it was delivered.' })
  error!: keyof typeof WebhookAttemptError | null
}

@ObjectType('WebhookDelivery', {
  implements: Node,
  description: 'One message for one endpoint; its id is the header webhook-id in every attempt.',
})
export class WebhookDelivery extends Node {
  @Field(() => String, { description: 'Such as erasure.received, or webhook.ping.' })
  type!: string

  @Field(() => String, { description: 'Exactly what is sent.' })
  body!: string

  @Field(() => WebhookDeliveryState)
  state!: keyof typeof WebhookDeliveryState

  @Field(() => DateTime)
  createdAt!: Date

  @Field(() => DateTime, { nullable: true, description: 'Null when it is settled.' })
  nextAttemptAt!: Date | null

  @Field(() => DateTime, { nullable: true })
  settledAt!: Date | null
}

export const WebhookDeliveryConnection = connectionType(WebhookDelivery, 'WebhookDelivery')

@ObjectType('WebhookWithSecret')
export class WebhookWithSecret {
  @Field(() => Webhook)
  webhook!: Webhook

  @Field(() => String, {
    nullable: true,
    description: 'The key that signs, shown this once; null when the mutation was done before.',
  })
  secret!: string | null
}

@ObjectType('WebhookReplay')
export class WebhookReplay {
  @Field(() => Webhook)
  webhook!: Webhook

  @Field(() => Int, {
    nullable: true,
    description: 'Messages that are sent again; null when the mutation was done before.',
  })
  count!: number | null
}
