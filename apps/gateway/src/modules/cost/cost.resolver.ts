import { Ctx, Query, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { Requires } from '../../graphql/requires.js'
import { readDeviceCosts } from './cost.reads.js'
import { DeviceCosts } from './cost.types.js'

@Resolver()
export class CostResolver {
  @Requires('cost:read')
  @Query(() => DeviceCosts)
  deviceCosts(@Ctx() context: Context) {
    return readDeviceCosts(context.scope())
  }
}
