import { storedClock } from '@lethe/db'
import { allowedClockEvents, ClockState, mayDo } from '@lethe/domain'
import { Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { Requires } from '../../graphql/requires.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import { listClocks } from './clock.reads.js'
import { readForecastQuality } from './forecast.reads.js'
import { BreachForecast, ClockNotice, ForecastQuality } from './forecast.types.js'
import { SlaClock, SlaClockConnection } from './clock.types.js'

@ArgsType()
class ClockArgs extends PageArgs {
  @Field(() => ClockState.enum, { nullable: true })
  state?: ClockState | null

  @Field(() => String, { nullable: true, description: 'Clocks that count by this rule now.' })
  statuteId?: string | null
}

const mutationOfEvent = {
  acknowledge: 'acknowledgeRequest',
  pause: 'pauseClock',
  resume: 'resumeClock',
  extend: 'extendClock',
  change: 'changeClockRule',
} as const

@Resolver(() => SlaClock)
export class ClockResolver {
  @Requires('sla:read')
  @Query(() => SlaClockConnection)
  slaClocks(@Args(() => ClockArgs) args: ClockArgs, @Ctx() context: Context) {
    return listClocks(context.scope(), args, args)
  }

  @Requires('sla:read')
  @Query(() => ForecastQuality)
  forecastQuality(@Ctx() context: Context) {
    return readForecastQuality(context.scope())
  }

  @FieldResolver(() => BreachForecast, {
    nullable: true,
    description: 'Null once the clock has ended, and for whoever may not read deadlines.',
  })
  async forecast(@Root() clock: SlaClock, @Ctx() context: Context) {
    const { viewer, loaders } = context.scope()
    if (clock.state === 'MET' || clock.state === 'BREACHED' || !mayDo(viewer.role, 'sla:read')) return null
    const row = await loaders.forecastOfClock.load(clock.id)
    return row && shape(BreachForecast, row)
  }

  @FieldResolver(() => [ClockNotice], { description: 'None for whoever may not read deadlines.' })
  async notices(@Root() clock: SlaClock, @Ctx() context: Context) {
    if (!mayDo(context.scope().viewer.role, 'sla:read')) return []
    return (await context.scope().loaders.noticesOfClock.load(clock.id)).map((row) => shape(ClockNotice, row))
  }

  @FieldResolver(() => [String], {
    description: 'Names of mutations that the rule and the time allow now, to this viewer.',
  })
  async allowedActions(@Root() clock: SlaClock, @Ctx() context: Context) {
    const { viewer, loaders, now } = context.scope()
    if (!mayDo(viewer.role, 'clock:write')) return []
    const row = required(await loaders.clockOfRequest.load(clock.requestId))
    const { basis, events } = storedClock(row, row.events)
    const allowed = allowedClockEvents({ ...basis, events, now: now().toISOString() })
    return Object.entries(mutationOfEvent)
      .filter(([kind]) => (allowed as string[]).includes(kind))
      .map(([, name]) => name)
  }

  @FieldResolver(() => ErasureRequest)
  async erasureRequest(@Root() clock: SlaClock, @Ctx() context: Context) {
    return shapeErasureRequest(required(await context.scope().loaders.erasureRequest.load(clock.requestId)))
  }
}
