import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { shape } from '../../graphql/node.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf } from '../../graphql/user-error.js'
import { ErasureRequestResult } from '../erasure/erasure.mutations.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import {
  CancelIdentityChallengeInput,
  IdentityChallenge,
  type IdentityChallengeState,
  SendIdentityChallengeInput,
} from './identity-challenge.types.js'
import { cancelIdentityChallenge, sendIdentityChallenge } from './send-challenge.js'

@Resolver(() => ErasureRequest)
export class ChallengeOfRequestResolver {
  @FieldResolver(() => IdentityChallenge, {
    nullable: true,
    description: 'The newest link that was mailed to confirm identity; null where none was.',
  })
  async identityChallenge(@Root() request: ErasureRequest, @Ctx() context: Context) {
    const { loaders, now } = context.scope()
    const row = await loaders.challengeOfRequest.load(request.id)
    if (row === null) return null
    const { id, sentBy, sentAt, expiresAt, settledAt, outcome } = row
    const open = request.state !== 'IDENTITY_PENDING' ? 'CANCELLED' : expiresAt <= now() ? 'EXPIRED' : 'PENDING'
    const state = (outcome ?? open) as IdentityChallengeState
    return shape(IdentityChallenge, { id, sentById: sentBy, state, sentAt, expiresAt, settledAt })
  }
}

@Resolver(() => IdentityChallenge)
export class IdentityChallengeResolver {
  @FieldResolver(() => String, { description: 'Name of who had it sent.' })
  sentBy(@Root() challenge: IdentityChallenge, @Ctx() context: Context) {
    return context.scope().loaders.personName.load(challenge.sentById)
  }

  @Requires('erasure:verify')
  @Mutation(() => ErasureRequestResult, {
    description:
      'Mails a link to the person whom a request is about, which takes the place of one that is pending. Their confirmation is the confirmation of identity.',
  })
  sendIdentityChallenge(
    @Arg('input', () => SendIdentityChallengeInput) input: SendIdentityChallengeInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => read(context, await sendIdentityChallenge(context.scope(), input)))
  }

  @Requires('erasure:verify')
  @Mutation(() => ErasureRequestResult, { description: 'Takes a pending link back; the request goes on waiting.' })
  cancelIdentityChallenge(
    @Arg('input', () => CancelIdentityChallengeInput) input: CancelIdentityChallengeInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => read(context, await cancelIdentityChallenge(context.scope(), input)))
  }
}

const read = async (context: Context, id: string): Promise<ErasureRequest> =>
  shapeErasureRequest(required(await context.scope().loaders.erasureRequest.load(id)))
