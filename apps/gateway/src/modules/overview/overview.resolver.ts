import { Ctx, Query, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { Requires } from '../../graphql/requires.js'
import { Overview } from './overview.types.js'
import { readOverview } from './read-overview.js'

@Resolver()
export class OverviewResolver {
  @Requires('tenant:read')
  @Query(() => Overview)
  overview(@Ctx() context: Context) {
    return readOverview(context.scope())
  }
}
