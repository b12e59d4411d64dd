import { Arg, Args, createUnionType, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { Invitation, InvitationConnection, InviteMemberInput, RevokeInvitationInput } from './invitation.types.js'
import { findInvitation, inviteMember, listInvitations, revokeInvitation } from './invite-member.js'

const InvitationResult = createUnionType({ name: 'InvitationResult', types: () => [Invitation, UserError] as const })

@Resolver(() => Invitation)
export class InvitationResolver {
  @Requires('member:write')
  @Query(() => InvitationConnection, { description: 'Newest first.' })
  invitations(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listInvitations(context.scope(), page)
  }

  @Requires('member:write')
  @Mutation(() => InvitationResult, { description: 'Mails an invitation; one that is pending for the address ends.' })
  inviteMember(@Arg('input', () => InviteMemberInput) input: InviteMemberInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      return required(await findInvitation(scope, await inviteMember(scope, input)))
    })
  }

  @Requires('member:write')
  @Mutation(() => InvitationResult)
  revokeInvitation(@Arg('input', () => RevokeInvitationInput) input: RevokeInvitationInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      return required(await findInvitation(scope, await revokeInvitation(scope, input)))
    })
  }

  @FieldResolver(() => String, { nullable: true, description: 'Name of who invited them.' })
  invitedBy(@Root() invitation: Invitation, @Ctx() context: Context) {
    return invitation.inviterId === null ? null : context.scope().loaders.personName.load(invitation.inviterId)
  }
}
