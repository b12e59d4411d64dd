import { Arg, createUnionType, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import { recordFinding } from './record-finding.js'
import { RecordFindingInput, SignOffErasureInput } from './review.inputs.js'
import { readFindings, readSignOffs } from './review.reads.js'
import { AuditorFinding, AuditorSignOff } from './review.types.js'
import { signOffErasure } from './sign-off-erasure.js'

const RecordFindingResult = createUnionType({
  name: 'RecordFindingResult',
  types: () => [AuditorFinding, UserError] as const,
})
const SignOffErasureResult = createUnionType({
  name: 'SignOffErasureResult',
  types: () => [AuditorSignOff, UserError] as const,
})

/** Use cases name what they made `<request id>/<n>`, n from 1. */
async function made<T>(id: string, read: (requestId: string) => Promise<T[]>): Promise<T> {
  const [requestId = '', n = ''] = id.split('/')
  return required((await read(requestId))[Number(n) - 1] ?? null)
}

@Resolver(() => ErasureRequest)
export class ReviewResolver {
  @Requires('review:write')
  @Mutation(() => RecordFindingResult)
  recordFinding(@Arg('input', () => RecordFindingInput) input: RecordFindingInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      return made(await recordFinding(scope, input), (requestId) => readFindings(scope, requestId))
    })
  }

  @Requires('review:write')
  @Mutation(() => SignOffErasureResult)
  signOffErasure(@Arg('input', () => SignOffErasureInput) input: SignOffErasureInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      return made(await signOffErasure(scope, input), (requestId) => readSignOffs(scope, requestId))
    })
  }

  @FieldResolver(() => [AuditorFinding])
  findings(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readFindings(context.scope(), request.id)
  }

  @FieldResolver(() => [AuditorSignOff])
  signOffs(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readSignOffs(context.scope(), request.id)
  }
}
