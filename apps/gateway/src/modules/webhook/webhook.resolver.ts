import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { listDeliveries, listWebhooks } from './webhook.reads.js'
import { shapeAttempt, shapeDelivery, shapeWebhook } from './webhook.shape.js'
import {
  Webhook,
  WebhookAttempt,
  WebhookConnection,
  WebhookDelivery,
  WebhookDeliveryConnection,
  WebhookDeliveryState,
} from './webhook.types.js'

@ArgsType()
class DeliveriesArgs extends PageArgs {
  @Field(() => WebhookDeliveryState, { nullable: true })
  state?: keyof typeof WebhookDeliveryState | null
}

@Resolver(() => Webhook)
export class WebhookResolver {
  @Requires('webhook:read')
  @Query(() => WebhookConnection)
  webhooks(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listWebhooks(context.scope(), page)
  }

  @Requires('webhook:read')
  @Query(() => Webhook, { nullable: true })
  async webhook(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.webhook.load(id)
    return row && shapeWebhook(row)
  }

  @Requires('webhook:read')
  @Query(() => WebhookDelivery, { nullable: true })
  async webhookDelivery(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.webhookDelivery.load(id)
    return row && shapeDelivery(row)
  }

  @FieldResolver(() => WebhookDeliveryConnection, { description: 'Newest first.' })
  deliveries(@Root() { id }: Webhook, @Args(() => DeliveriesArgs) args: DeliveriesArgs, @Ctx() context: Context) {
    return listDeliveries(context.scope(), id, args, args.state)
  }
}

@Resolver(() => WebhookDelivery)
export class WebhookDeliveryResolver {
  @FieldResolver(() => [WebhookAttempt], { description: 'Newest first.' })
  async attempts(@Root() { id }: WebhookDelivery, @Ctx() context: Context) {
    return (await context.scope().loaders.attemptsOfDelivery.load(id)).map(shapeAttempt)
  }
}
