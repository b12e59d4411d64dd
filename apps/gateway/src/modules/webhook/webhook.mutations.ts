import { Arg, createUnionType, Ctx, Mutation, Resolver } from 'type-graphql'
import type { Context, Scope } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { shape } from '../../graphql/node.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import {
  createWebhook,
  deleteWebhook,
  replayWebhook,
  replayWebhookDelivery,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} from './keep-webhooks.js'
import {
  CreateWebhookInput,
  ReplayWebhookDeliveryInput,
  ReplayWebhookInput,
  RotateWebhookSecretInput,
  UpdateWebhookInput,
  WebhookInput,
} from './webhook.inputs.js'
import { shapeDelivery, shapeWebhook } from './webhook.shape.js'
import { Webhook, WebhookDelivery, WebhookReplay, WebhookWithSecret } from './webhook.types.js'

const WebhookResult = createUnionType({ name: 'WebhookResult', types: () => [Webhook, UserError] as const })
const WebhookSecretResult = createUnionType({
  name: 'WebhookSecretResult',
  types: () => [WebhookWithSecret, UserError] as const,
})
const WebhookDeliveryResult = createUnionType({
  name: 'WebhookDeliveryResult',
  types: () => [WebhookDelivery, UserError] as const,
})
const WebhookReplayResult = createUnionType({
  name: 'WebhookReplayResult',
  types: () => [WebhookReplay, UserError] as const,
})

const readWebhook = async ({ db }: Scope, id: string): Promise<Webhook> =>
  shapeWebhook(required(await db.webhookEndpoint.findFirst({ where: { id } })))

const readDelivery = async ({ loaders }: Scope, id: string): Promise<WebhookDelivery> =>
  shapeDelivery(required(await loaders.webhookDelivery.load(id)))

@Resolver()
export class WebhookMutations {
  @Requires('webhook:write')
  @Mutation(() => WebhookSecretResult)
  createWebhook(@Arg('input', () => CreateWebhookInput) input: CreateWebhookInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      const { id, secret } = await createWebhook(scope, input)
      return shape(WebhookWithSecret, { webhook: await readWebhook(scope, id), secret })
    })
  }

  @Requires('webhook:write')
  @Mutation(() => WebhookResult)
  updateWebhook(@Arg('input', () => UpdateWebhookInput) input: UpdateWebhookInput, @Ctx() context: Context) {
    return answerOf(async () => readWebhook(context.scope(), await updateWebhook(context.scope(), input)))
  }

  @Requires('webhook:write')
  @Mutation(() => WebhookSecretResult)
  rotateWebhookSecret(
    @Arg('input', () => RotateWebhookSecretInput) input: RotateWebhookSecretInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => {
      const scope = context.scope()
      const { id, secret } = await rotateWebhookSecret(scope, input)
      return shape(WebhookWithSecret, { webhook: await readWebhook(scope, id), secret })
    })
  }

  @Requires('webhook:write')
  @Mutation(() => WebhookResult, { description: 'Its deliveries stay on record.' })
  deleteWebhook(@Arg('input', () => WebhookInput) input: WebhookInput, @Ctx() context: Context) {
    return answerOf(async () => readWebhook(context.scope(), await deleteWebhook(context.scope(), input)))
  }

  @Requires('webhook:write')
  @Mutation(() => WebhookDeliveryResult, { description: 'Sends a ping, once.' })
  testWebhook(@Arg('input', () => WebhookInput) input: WebhookInput, @Ctx() context: Context) {
    return answerOf(async () => readDelivery(context.scope(), await testWebhook(context.scope(), input)))
  }

  @Requires('webhook:write')
  @Mutation(() => WebhookDeliveryResult, { description: 'Sends one message again, with the same id and body.' })
  replayWebhookDelivery(
    @Arg('input', () => ReplayWebhookDeliveryInput) input: ReplayWebhookDeliveryInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => readDelivery(context.scope(), await replayWebhookDelivery(context.scope(), input)))
  }

  @Requires('webhook:write')
  @Mutation(() => WebhookReplayResult, { description: 'Sends again what happened in a range of time.' })
  replayWebhook(@Arg('input', () => ReplayWebhookInput) input: ReplayWebhookInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      const { id, count } = await replayWebhook(scope, input)
      return shape(WebhookReplay, { webhook: await readWebhook(scope, id), count })
    })
  }
}
