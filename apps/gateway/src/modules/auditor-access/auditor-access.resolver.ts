import { Arg, Args, createUnionType, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import { findGrant, listGrants } from './auditor-access.reads.js'
import {
  AuditorGrant,
  AuditorGrantConnection,
  GrantAuditorAccessInput,
  RevokeAuditorAccessInput,
} from './auditor-access.types.js'
import { grantAuditorAccess, revokeAuditorAccess } from './change-access.js'

const AuditorGrantResult = createUnionType({
  name: 'AuditorGrantResult',
  types: () => [AuditorGrant, UserError] as const,
})

@Resolver(() => AuditorGrant)
export class AuditorAccessResolver {
  @Requires('auditor:read')
  @Query(() => AuditorGrantConnection, { description: "Auditors' access to cases; of an auditor, their own." })
  auditorGrants(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listGrants(context.scope(), page)
  }

  @Requires('auditor:grant')
  @Mutation(() => AuditorGrantResult)
  grantAuditorAccess(
    @Arg('input', () => GrantAuditorAccessInput) input: GrantAuditorAccessInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => {
      const scope = context.scope()
      return required(await findGrant(scope, await grantAuditorAccess(scope, input)))
    })
  }

  @Requires('auditor:grant')
  @Mutation(() => AuditorGrantResult, { description: 'Takes effect with their next request.' })
  revokeAuditorAccess(
    @Arg('input', () => RevokeAuditorAccessInput) input: RevokeAuditorAccessInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => {
      const scope = context.scope()
      return required(await findGrant(scope, await revokeAuditorAccess(scope, input)))
    })
  }

  @FieldResolver(() => String, { description: "The auditor's name; of somebody outside, how their issuer names them." })
  auditor(@Root() grant: AuditorGrant, @Ctx() context: Context) {
    return grant.outside?.subject ?? context.scope().loaders.personName.load(grant.userId)
  }

  @FieldResolver(() => String, { description: 'Name of who granted it.' })
  grantedBy(@Root() grant: AuditorGrant, @Ctx() context: Context) {
    return context.scope().loaders.personName.load(grant.grantedById)
  }

  @FieldResolver(() => [ErasureRequest], { description: 'The cases that the viewer may see.' })
  async erasureRequests(@Root() grant: AuditorGrant, @Ctx() context: Context) {
    const { loaders } = context.scope()
    const rows = await loaders.erasureRequest.loadMany([...grant.requestIds])
    return rows.flatMap((row) => (row === null || row instanceof Error ? [] : [shapeErasureRequest(row)]))
  }
}
