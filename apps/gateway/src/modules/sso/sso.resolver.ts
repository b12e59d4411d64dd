import { Arg, Args, createUnionType, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { registerSsoProvider, removeSsoProvider, verifySsoDomain } from './change-sso.js'
import { findSsoProvider, listSsoProviders } from './sso.reads.js'
import {
  RegisterSsoProviderInput,
  RemovedSsoProvider,
  SsoProvider,
  SsoProviderConnection,
  SsoProviderInput,
} from './sso.types.js'

const SsoProviderResult = createUnionType({ name: 'SsoProviderResult', types: () => [SsoProvider, UserError] as const })
const RemoveSsoProviderResult = createUnionType({
  name: 'RemoveSsoProviderResult',
  types: () => [RemovedSsoProvider, UserError] as const,
})

@Resolver(() => SsoProvider)
export class SsoResolver {
  @Requires('sso:read')
  @Query(() => SsoProviderConnection, { description: 'Identity providers of the tenant, newest first.' })
  ssoProviders(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listSsoProviders(context.scope(), page)
  }

  @Requires('sso:write')
  @Mutation(() => SsoProviderResult, {
    description: 'Registers a provider that answers as one, or replaces the one of its domain.',
  })
  registerSsoProvider(
    @Arg('input', () => RegisterSsoProviderInput) input: RegisterSsoProviderInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => {
      const scope = context.scope()
      return required(await findSsoProvider(scope, await registerSsoProvider(scope, input)))
    })
  }

  @Requires('sso:write')
  @Mutation(() => SsoProviderResult, { description: 'Asks DNS for the proof; people can sign in from then on.' })
  verifySsoDomain(@Arg('input', () => SsoProviderInput) input: SsoProviderInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      return required(await findSsoProvider(scope, await verifySsoDomain(scope, input)))
    })
  }

  @Requires('sso:write')
  @Mutation(() => RemoveSsoProviderResult, { description: 'Ends the sessions that began there.' })
  removeSsoProvider(@Arg('input', () => SsoProviderInput) input: SsoProviderInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const ssoProviderId = await removeSsoProvider(context.scope(), input)
      return shape(RemovedSsoProvider, { ssoProviderId })
    })
  }
}
