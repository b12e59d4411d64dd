import { Arg, Args, createUnionType, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { resumeTenant, setTenantQuota, suspendTenant } from './change-tenant.js'
import { foundTenant } from './found-tenant.js'
import { findTenant, listTenants } from './platform.reads.js'
import {
  CreateTenantInput,
  PlatformTenant,
  PlatformTenantConnection,
  ResumeTenantInput,
  SetTenantQuotaInput,
  SuspendTenantInput,
} from './platform.types.js'

const PlatformTenantResult = createUnionType({
  name: 'PlatformTenantResult',
  types: () => [PlatformTenant, UserError] as const,
})

const answer = (context: Context, useCase: () => Promise<string>) =>
  answerOf(async () => required(await findTenant(context.services, await useCase())))

@Resolver()
export class PlatformResolver {
  @Requires('platform:read')
  @Query(() => PlatformTenantConnection, { description: 'Every tenant by its slug; platform admins only.' })
  tenants(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listTenants(context.services, page)
  }

  @Requires('platform:read')
  @Query(() => PlatformTenant, { nullable: true })
  tenant(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    return findTenant(context.services, id)
  }

  @Requires('tenant:write')
  @Mutation(() => PlatformTenantResult, {
    description: 'Its owner is invited by mail; again by a further call, as long as nobody has joined it.',
  })
  createTenant(@Arg('input', () => CreateTenantInput) input: CreateTenantInput, @Ctx() context: Context) {
    return answer(context, () => foundTenant(context, input))
  }

  @Requires('tenant:write')
  @Mutation(() => PlatformTenantResult, { description: 'Makes it read-only; what runs goes on to its end.' })
  suspendTenant(@Arg('input', () => SuspendTenantInput) input: SuspendTenantInput, @Ctx() context: Context) {
    return answer(context, () => suspendTenant(context, input))
  }

  @Requires('tenant:write')
  @Mutation(() => PlatformTenantResult)
  resumeTenant(@Arg('input', () => ResumeTenantInput) input: ResumeTenantInput, @Ctx() context: Context) {
    return answer(context, () => resumeTenant(context, input))
  }

  @Requires('tenant:write')
  @Mutation(() => PlatformTenantResult, {
    description: 'What is above a new bound stays, and grows no more.',
  })
  setTenantQuota(@Arg('input', () => SetTenantQuotaInput) input: SetTenantQuotaInput, @Ctx() context: Context) {
    return answer(context, () => setTenantQuota(context, input))
  }
}
