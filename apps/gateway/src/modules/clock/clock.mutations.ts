import { Arg, createUnionType, Ctx, Mutation, Resolver } from 'type-graphql'
import type { Context, Scope } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { ChangeClockRuleInput, ClockMoveInput, ExtendClockInput } from './clock.inputs.js'
import { shapeClock } from './clock.shape.js'
import { SlaClock } from './clock.types.js'
import { acknowledgeRequest, changeClockRule, extendClock, pauseClock, resumeClock } from './move-clock.js'

const SlaClockResult = createUnionType({
  name: 'SlaClockResult',
  types: () => [SlaClock, UserError] as const,
})

/** Runs a use case and reads the clock of the request that it names. */
const answer = <Input>(context: Context, useCase: (scope: Scope, input: Input) => Promise<string>, input: Input) =>
  answerOf(async () => {
    const scope = context.scope()
    const id = await useCase(scope, input)
    return shapeClock(required(await scope.loaders.clockOfRequest.load(id)), scope.now())
  })

@Resolver()
export class ClockMutations {
  @Requires('clock:write')
  @Mutation(() => SlaClockResult, { description: 'Receipt was confirmed to whoever asked.' })
  acknowledgeRequest(@Arg('input', () => ClockMoveInput) input: ClockMoveInput, @Ctx() context: Context) {
    return answer(context, acknowledgeRequest, input)
  }

  @Requires('clock:write')
  @Mutation(() => SlaClockResult, {
    description: 'Refused under a rule that never pauses, and once the period is over.',
  })
  pauseClock(@Arg('input', () => ClockMoveInput) input: ClockMoveInput, @Ctx() context: Context) {
    return answer(context, pauseClock, input)
  }

  @Requires('clock:write')
  @Mutation(() => SlaClockResult)
  resumeClock(@Arg('input', () => ClockMoveInput) input: ClockMoveInput, @Ctx() context: Context) {
    return answer(context, resumeClock, input)
  }

  @Requires('clock:write')
  @Mutation(() => SlaClockResult, {
    description: 'The person was told of more time and why: once, inside the first period, at most up to the limit.',
  })
  extendClock(@Arg('input', () => ExtendClockInput) input: ExtendClockInput, @Ctx() context: Context) {
    return answer(context, extendClock, input)
  }

  @Requires('clock:write')
  @Mutation(() => SlaClockResult, {
    description:
      "Counts by another rule from the start, past pauses and the tenant's present calendar taken in. A late clock stays.",
  })
  changeClockRule(@Arg('input', () => ChangeClockRuleInput) input: ChangeClockRuleInput, @Ctx() context: Context) {
    return answer(context, changeClockRule, input)
  }
}
