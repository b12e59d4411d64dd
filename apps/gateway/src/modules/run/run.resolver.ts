import { RunKind, RunState } from '@lethe/domain'
import {
  Arg,
  Args,
  ArgsType,
  createUnionType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import { shapeModelVersion } from '../model/model.shape.js'
import { ModelVersion } from '../model/model.types.js'
import { cancelRun } from './cancel-run.js'
import { followRun } from './follow-run.js'
import { listRuns } from './run.reads.js'
import { shapeRun } from './run.shape.js'
import { CancelRunInput, Run, RunConnection, RunProgress } from './run.types.js'

@ArgsType()
class RunArgs extends PageArgs {
  @Field(() => RunKind.enum, { nullable: true })
  kind?: RunKind | null

  @Field(() => RunState.enum, { nullable: true })
  state?: RunState | null
}

const RunResult = createUnionType({ name: 'RunResult', types: () => [Run, UserError] as const })

@Resolver(() => Run)
export class RunResolver {
  @Requires('run:read')
  @Query(() => RunConnection)
  runs(@Args(() => RunArgs) args: RunArgs, @Ctx() context: Context) {
    return listRuns(context.scope(), args, args)
  }

  @Requires('run:read')
  @Query(() => Run, { nullable: true })
  async run(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.run.load(id)
    return row && shapeRun(row)
  }

  @Requires('run:cancel')
  @Mutation(() => RunResult)
  cancelRun(@Arg('input', () => CancelRunInput) input: CancelRunInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      return shapeRun(required(await scope.loaders.run.load(await cancelRun(scope, input))))
    })
  }

  @Requires('run:read')
  @Subscription(() => RunProgress, {
    subscribe: ({ args, context }: { args: { runId: string }; context: Context }) =>
      followRun(context.scope(), args.runId),
  })
  runProgress(@Arg('runId', () => ID) _runId: string, @Root() progress: RunProgress): RunProgress {
    return progress
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: "Position among the tenant's queued runs of the same kind, from 1; null unless queued.",
  })
  async queuePosition(@Root() run: Run, @Ctx() context: Context) {
    if (run.state !== 'QUEUED') return null
    return (await context.scope().loaders.queuePosition.load(run.id))?.position ?? null
  }

  @FieldResolver(() => ModelVersion, { nullable: true })
  async modelVersion(@Root() run: Run, @Ctx() context: Context) {
    const row = run.modelVersionId === null ? null : await context.scope().loaders.modelVersion.load(run.modelVersionId)
    return row && shapeModelVersion(row)
  }

  @FieldResolver(() => ErasureRequest, { nullable: true })
  async erasureRequest(@Root() run: Run, @Ctx() context: Context) {
    const row = run.requestId === null ? null : await context.scope().loaders.erasureRequest.load(run.requestId)
    return row && shapeErasureRequest(row)
  }
}
