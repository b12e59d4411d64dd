import { Field, ID, InputType } from 'type-graphql'
import { Json } from '../../graphql/scalars.js'

@InputType('CountersignOwnerAuditInput')
export class CountersignOwnerAuditInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID, { description: 'The request that the audit is about.' })
  erasureRequestId!: string

  @Field(() => Json, { description: "statement.dsse.json: the envelope with the owner's signature." })
  envelope!: unknown

  @Field(() => String, { description: 'result.json, character by character.' })
  result!: string

  @Field(() => String, {
    description: 'owner.pub: the key that signed. It goes on record as presented by whoever calls.',
  })
  verifierKey!: string
}
