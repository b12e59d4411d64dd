import { ClockState } from '@lethe/domain'
import { Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import { listClocks } from './clock.reads.js'
import { SlaClock, SlaClockConnection } from './clock.types.js'

@ArgsType()
class ClockArgs extends PageArgs {
  @Field(() => ClockState.enum, { nullable: true })
  state?: ClockState | null
}

@Resolver(() => SlaClock)
export class ClockResolver {
  @Requires('sla:read')
  @Query(() => SlaClockConnection)
  slaClocks(@Args(() => ClockArgs) args: ClockArgs, @Ctx() context: Context) {
    return listClocks(context.scope(), args, args)
  }

  @FieldResolver(() => ErasureRequest)
  async erasureRequest(@Root() clock: SlaClock, @Ctx() context: Context) {
    return shapeErasureRequest(required(await context.scope().loaders.erasureRequest.load(clock.requestId)))
  }
}
