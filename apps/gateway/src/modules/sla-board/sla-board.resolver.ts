import { ClockState } from '@lethe/domain'
import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { Requires } from '../../graphql/requires.js'
import { listSlaBoard } from './sla-board.reads.js'
import { SlaBoardConnection } from './sla-board.types.js'

@Resolver()
export class SlaBoardResolver {
  @Requires('platform:read')
  @Query(() => SlaBoardConnection, { description: 'Clocks of every tenant; platform admins only.' })
  slaBoard(
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
    @Arg('state', () => ClockState.enum, { nullable: true }) state: ClockState | undefined,
    @Arg('statuteId', () => String, { nullable: true }) statuteId: string | undefined,
    @Ctx() context: Context,
  ) {
    return listSlaBoard(context.services, { first, after: after ?? null }, { state, statuteId })
  }
}
