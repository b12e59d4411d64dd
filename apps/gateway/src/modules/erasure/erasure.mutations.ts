import { Arg, createUnionType, Ctx, Mutation, Resolver } from 'type-graphql'
import type { Context, Scope } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { shape } from '../../graphql/node.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { approveErasure } from './approve-erasure.js'
import { batchErasures, leaveErasureBatch } from './batch-erasures.js'
import { rejectErasure, withdrawErasure } from './close-erasure.js'
import { ErasureImportResult, ImportErasuresInput } from './erasure-import.types.js'
import {
  BatchErasuresInput,
  BeginIdentityCheckInput,
  ErasureDecisionInput,
  PlanErasureInput,
  RequestErasureInput,
  RetryErasureInput,
} from './erasure.inputs.js'
import { shapeErasureRequest } from './erasure.shape.js'
import { ErasureRequest } from './erasure.types.js'
import { importErasures } from './import-erasures.js'
import { planErasure } from './plan-erasure.js'
import { DeviceHourPrice, DeviceHourPriceResult, Money, SetDeviceHourPriceInput } from './plan-option.types.js'
import { requestErasure } from './request-erasure.js'
import { retryErasure } from './retry-erasure.js'
import { setDeviceHourPrice } from './set-device-hour-price.js'
import { beginIdentityCheck, verifyIdentity } from './verify-identity.js'

export const ErasureRequestResult = createUnionType({
  name: 'ErasureRequestResult',
  types: () => [ErasureRequest, UserError] as const,
})

/** Runs a use case and reads the request that it made or changed. */
const answer = <Input>(context: Context, useCase: (scope: Scope, input: Input) => Promise<string>, input: Input) =>
  answerOf(async () => {
    const scope = context.scope()
    const id = await useCase(scope, input)
    return shapeErasureRequest(required(await scope.loaders.erasureRequest.load(id)))
  })

@Resolver()
export class ErasureMutations {
  @Requires('erasure:request')
  @Mutation(() => ErasureRequestResult)
  requestErasure(@Arg('input', () => RequestErasureInput) input: RequestErasureInput, @Ctx() context: Context) {
    return answer(context, requestErasure, input)
  }

  @Requires('erasure:request')
  @Mutation(() => ErasureImportResult, {
    description: 'Takes in a list of requests as CSV; each row by itself, wholly or not at all.',
  })
  importErasures(@Arg('input', () => ImportErasuresInput) input: ImportErasuresInput, @Ctx() context: Context) {
    return answerOf(() => importErasures(context.scope(), input))
  }

  @Requires('price:write')
  @Mutation(() => DeviceHourPriceResult, { description: 'By which estimates of plans are told in money.' })
  setDeviceHourPrice(
    @Arg('input', () => SetDeviceHourPriceInput) input: SetDeviceHourPriceInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => {
      await setDeviceHourPrice(context.scope(), input)
      const { amount, currency } = input
      return shape(DeviceHourPrice, { price: shape(Money, { amount, currency }) })
    })
  }

  @Requires('erasure:verify')
  @Mutation(() => ErasureRequestResult)
  beginIdentityCheck(
    @Arg('input', () => BeginIdentityCheckInput) input: BeginIdentityCheckInput,
    @Ctx() context: Context,
  ) {
    return answer(context, beginIdentityCheck, input)
  }

  @Requires('erasure:verify')
  @Mutation(() => ErasureRequestResult)
  verifyIdentity(@Arg('input', () => ErasureDecisionInput) input: ErasureDecisionInput, @Ctx() context: Context) {
    return answer(context, verifyIdentity, input)
  }

  @Requires('erasure:plan')
  @Mutation(() => ErasureRequestResult)
  planErasure(@Arg('input', () => PlanErasureInput) input: PlanErasureInput, @Ctx() context: Context) {
    return answer(context, planErasure, input)
  }

  @Requires('erasure:plan')
  @Mutation(() => ErasureRequestResult, {
    description: 'Has planned requests unlearned in one run, once each is approved; gives the first of them.',
  })
  batchErasures(@Arg('input', () => BatchErasuresInput) input: BatchErasuresInput, @Ctx() context: Context) {
    return answer(context, batchErasures, input)
  }

  @Requires('erasure:plan')
  @Mutation(() => ErasureRequestResult)
  leaveErasureBatch(@Arg('input', () => ErasureDecisionInput) input: ErasureDecisionInput, @Ctx() context: Context) {
    return answer(context, leaveErasureBatch, input)
  }

  @Requires('erasure:approve')
  @Mutation(() => ErasureRequestResult)
  approveErasure(@Arg('input', () => ErasureDecisionInput) input: ErasureDecisionInput, @Ctx() context: Context) {
    return answer(context, approveErasure, input)
  }

  @Requires('erasure:reject')
  @Mutation(() => ErasureRequestResult)
  rejectErasure(@Arg('input', () => ErasureDecisionInput) input: ErasureDecisionInput, @Ctx() context: Context) {
    return answer(context, rejectErasure, input)
  }

  @Requires('erasure:withdraw')
  @Mutation(() => ErasureRequestResult)
  withdrawErasure(@Arg('input', () => ErasureDecisionInput) input: ErasureDecisionInput, @Ctx() context: Context) {
    return answer(context, withdrawErasure, input)
  }

  @Requires('erasure:retry')
  @Mutation(() => ErasureRequestResult)
  retryErasure(@Arg('input', () => RetryErasureInput) input: RetryErasureInput, @Ctx() context: Context) {
    return answer(context, retryErasure, input)
  }
}
