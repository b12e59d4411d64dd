import { MailLocale, NoticeKind as Kinds } from '@lethe/domain'
import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime, Json } from '../../graphql/scalars.js'

/** `erasure.state-changed` is ERASURE_STATE_CHANGED in GraphQL. */
export const NoticeKind = Object.fromEntries(
  Kinds.options.map((kind) => [kind.toUpperCase().replaceAll(/[.-]/g, '_'), kind]),
)
registerEnumType(NoticeKind, {
  name: 'NoticeKind',
  description: 'As in webhooks: ERASURE_RECEIVED is erasure.received.',
})

@ObjectType('Notice', { implements: Node, description: 'Something that happened: ids, numbers and states, no names.' })
export class Notice extends Node {
  requestId!: string | null

  @Field(() => NoticeKind)
  kind!: Kinds

  @Field(() => Json, { description: 'What a webhook is sent of it, less the request.' })
  data!: unknown

  @Field(() => DateTime)
  createdAt!: Date

  @Field(() => Boolean, { description: 'Not marked as seen by the viewer.' })
  isNew!: boolean
}

export const NoticeConnection = connectionType(Notice, 'Notice')

@ObjectType('NoticeInbox')
export class NoticeInbox {
  @Field(() => Int, { description: 'Notices that the viewer has not marked as seen; 100 stands for more.' })
  unseenCount!: number

  @Field(() => DateTime, { nullable: true })
  seenAt!: Date | null
}

@ObjectType('NoticeChoice', { description: 'Whether the viewer gets mail about notices of a kind.' })
export class NoticeChoice {
  @Field(() => NoticeKind)
  kind!: Kinds

  @Field(() => Boolean)
  byMail!: boolean

  @Field(() => Boolean, { description: 'By the role, because the viewer has not chosen.' })
  isDefault!: boolean
}

@ObjectType('NoticeChoices')
export class NoticeChoices {
  @Field(() => [NoticeChoice], { description: 'Every kind that the role may be told of; none for auditors.' })
  choices!: NoticeChoice[]

  @Field(() => MailLocale.enum, { description: "Of the viewer's mail, in all their tenants." })
  language!: MailLocale
}

@InputType('MarkNoticesSeenInput')
export class MarkNoticesSeenInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => DateTime, { description: 'Of the newest notice that was seen.' })
  upTo!: Date
}

@InputType('ChooseNoticeInput')
export class ChooseNoticeInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => NoticeKind)
  kind!: Kinds

  @Field(() => Boolean)
  byMail!: boolean
}

@InputType('ChooseMailLanguageInput')
export class ChooseMailLanguageInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => MailLocale.enum)
  language!: MailLocale
}
