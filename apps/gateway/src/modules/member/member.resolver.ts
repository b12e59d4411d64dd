import {
  Arg,
  Args,
  ArgsType,
  createUnionType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { changeMemberRole, removeMember } from './change-membership.js'
import { findMember, listMembers, listMembershipChanges } from './member.reads.js'
import {
  ChangeMemberRoleInput,
  Member,
  MemberConnection,
  MembershipChange,
  MembershipChangeConnection,
  RemovedMember,
  RemoveMemberInput,
} from './member.types.js'

const MemberResult = createUnionType({ name: 'MemberResult', types: () => [Member, UserError] as const })
const RemoveMemberResult = createUnionType({
  name: 'RemoveMemberResult',
  types: () => [RemovedMember, UserError] as const,
})

@ArgsType()
class ChangeArgs extends PageArgs {
  @Field(() => ID, { nullable: true })
  userId?: string | null
}

@Resolver(() => Member)
export class MemberResolver {
  @Requires('member:read')
  @Query(() => MemberConnection)
  members(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listMembers(context.scope(), page)
  }

  @Requires('member:read')
  @Query(() => MembershipChangeConnection, { description: 'Who joined, left and changed role, newest first.' })
  membershipChanges(@Args(() => ChangeArgs) args: ChangeArgs, @Ctx() context: Context) {
    return listMembershipChanges(context.scope(), args, args)
  }

  @Requires('member:write')
  @Mutation(() => MemberResult, { description: 'Takes effect with their next request.' })
  changeMemberRole(@Arg('input', () => ChangeMemberRoleInput) input: ChangeMemberRoleInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      return required(await findMember(scope, await changeMemberRole(scope, input)))
    })
  }

  @Requires('member:write')
  @Mutation(() => RemoveMemberResult, { description: 'Takes effect with their next request; their keys end with it.' })
  removeMember(@Arg('input', () => RemoveMemberInput) input: RemoveMemberInput, @Ctx() context: Context) {
    return answerOf(async () => shape(RemovedMember, { userId: await removeMember(context.scope(), input) }))
  }
}

@Resolver(() => MembershipChange)
export class MembershipChangeResolver {
  @FieldResolver(() => String, { description: 'Name of whom it is about.' })
  member(@Root() change: MembershipChange, @Ctx() context: Context) {
    return context.scope().loaders.nameOnRecord.load(change.userId)
  }

  @FieldResolver(() => String, { nullable: true, description: 'Name of who did it; null where nobody of the tenant.' })
  changedBy(@Root() change: MembershipChange, @Ctx() context: Context) {
    return change.actorId === null ? null : context.scope().loaders.nameOnRecord.load(change.actorId)
  }
}
