import type { NoticeKind as Kind } from '@lethe/domain'
import { Field, ID, InputType, Int } from 'type-graphql'
import { DateTime } from '../../graphql/scalars.js'
import { NoticeKind } from '../notice/notice.types.js'

@InputType('CreateWebhookInput')
export class CreateWebhookInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => String)
  url!: string

  @Field(() => String, { defaultValue: '' })
  description!: string

  @Field(() => [NoticeKind])
  kinds!: Kind[]
}

@InputType('UpdateWebhookInput')
export class UpdateWebhookInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  webhookId!: string

  @Field(() => String, { nullable: true })
  url?: string | null

  @Field(() => String, { nullable: true })
  description?: string | null

  @Field(() => [NoticeKind], { nullable: true })
  kinds?: Kind[] | null

  @Field(() => Boolean, { nullable: true, description: 'False stops deliveries and gives up those that wait.' })
  isEnabled?: boolean | null
}

@InputType('WebhookInput')
export class WebhookInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  webhookId!: string
}

@InputType('RotateWebhookSecretInput')
export class RotateWebhookSecretInput extends WebhookInput {
  @Field(() => Int, { defaultValue: 24, description: 'For so long, 0 to 168, the key before signs as well.' })
  overlapHours!: number
}

@InputType('ReplayWebhookInput')
export class ReplayWebhookInput extends WebhookInput {
  @Field(() => DateTime)
  from!: Date

  @Field(() => DateTime)
  to!: Date

  @Field(() => Boolean, { defaultValue: true, description: 'Leaves out what was delivered.' })
  onlyFailed!: boolean
}

@InputType('ReplayWebhookDeliveryInput')
export class ReplayWebhookDeliveryInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  deliveryId!: string
}
