import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql'
import type { Context } from '../../context.js'
import { Requires } from '../../graphql/requires.js'
import { ErasureRequest } from './erasure.types.js'
import { followRequest } from './follow-request.js'

@Resolver()
export class ErasureSubscriptions {
  @Requires('erasure:read')
  @Subscription(() => ErasureRequest, {
    description: 'The request again, each time anything about it, its runs or its evidence changes.',
    subscribe: ({ args, context }: { args: { id: string }; context: Context }) =>
      followRequest(context.scope(), args.id),
  })
  erasureRequestChanged(@Arg('id', () => ID) _id: string, @Root() request: ErasureRequest): ErasureRequest {
    return request
  }
}
