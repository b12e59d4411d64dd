import { Arg, Args, createUnionType, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { findApiKeyById, listApiKeys } from './api-key.reads.js'
import { ApiKey, ApiKeyConnection, CreateApiKeyInput, CreatedApiKey, RevokeApiKeyInput } from './api-key.types.js'
import { createApiKey, revokeApiKey } from './change-keys.js'

const CreateApiKeyResult = createUnionType({
  name: 'CreateApiKeyResult',
  types: () => [CreatedApiKey, UserError] as const,
})
const ApiKeyResult = createUnionType({ name: 'ApiKeyResult', types: () => [ApiKey, UserError] as const })

@Resolver(() => ApiKey)
export class ApiKeyResolver {
  @Requires('key:read')
  @Query(() => ApiKeyConnection, { description: 'Your keys; of an owner, those of the tenant.' })
  apiKeys(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listApiKeys(context.scope(), page)
  }

  @Requires('key:write')
  @Mutation(() => CreateApiKeyResult)
  createApiKey(@Arg('input', () => CreateApiKeyInput) input: CreateApiKeyInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      const { id, secret } = await createApiKey(scope, input)
      return shape(CreatedApiKey, { apiKey: required(await findApiKeyById(scope, id)), secret })
    })
  }

  @Requires('key:write')
  @Mutation(() => ApiKeyResult, { description: 'Takes effect with its next request.' })
  revokeApiKey(@Arg('input', () => RevokeApiKeyInput) input: RevokeApiKeyInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      return required(await findApiKeyById(scope, await revokeApiKey(scope, input)))
    })
  }

  @FieldResolver(() => String, { description: 'Name of who made it.' })
  madeBy(@Root() key: ApiKey, @Ctx() context: Context) {
    return context.scope().loaders.personName.load(key.userId)
  }
}
