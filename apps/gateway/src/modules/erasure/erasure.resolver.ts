import { ErasureState, REQUIRED_APPROVALS } from '@lethe/domain'
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { Costs } from '../../graphql/limits.js'
import { Requires } from '../../graphql/requires.js'
import { shapeAudit } from '../audit/audit.shape.js'
import { Audit } from '../audit/audit.types.js'
import { shapeClock } from '../clock/clock.shape.js'
import { SlaClock } from '../clock/clock.types.js'
import { DataOwner } from '../dataset/dataset.types.js'
import { shapeRun } from '../run/run.shape.js'
import { Run } from '../run/run.types.js'
import { readClosure } from './closure.reads.js'
import { ErasurePreview } from './erasure-preview.types.js'
import { ErasureSelection } from './erasure.inputs.js'
import { listErasureRequests, readAllowedActions, readApprovals, readOwner, readResumesAt } from './erasure.reads.js'
import { shapeErasureRequest, shapePlanItem } from './erasure.shape.js'
import {
  Approval,
  ClosureItem,
  ErasureRequest,
  ErasureRequestConnection,
  PlanItem,
  RelatedErasure,
  TimelineEntry,
} from './erasure.types.js'
import { findSamples } from './find-samples.js'
import { PlanOption } from './plan-option.types.js'
import { readPlanOptions } from './plan-options.js'
import { previewErasure } from './preview-erasure.js'
import { readRelated } from './related-requests.js'
import { FileLookInput, SampleSearch } from './sample-search.types.js'
import { readTimeline } from './timeline.js'

@ArgsType()
class ErasureArgs extends PageArgs {
  @Field(() => ErasureState.enum, { nullable: true })
  state?: ErasureState | null
}

@Resolver(() => ErasureRequest)
export class ErasureResolver {
  @Requires('erasure:read')
  @Query(() => ErasureRequestConnection)
  erasureRequests(@Args(() => ErasureArgs) args: ErasureArgs, @Ctx() context: Context) {
    return listErasureRequests(context.scope(), args, args.state)
  }

  @Requires('erasure:read')
  @Query(() => ErasureRequest, { nullable: true })
  async erasureRequest(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.erasureRequest.load(id)
    return row && shapeErasureRequest(row)
  }

  @Requires('erasure:request')
  @Query(() => ErasurePreview)
  previewErasure(@Arg('selection', () => ErasureSelection) selection: ErasureSelection, @Ctx() context: Context) {
    return previewErasure(context.scope(), selection)
  }

  @Requires('erasure:request')
  @Query(() => SampleSearch, { description: 'Finds samples by files that stay where they are: 1 to 100 at once.' })
  findSamples(@Arg('files', () => [FileLookInput]) files: FileLookInput[], @Ctx() context: Context) {
    return findSamples(context.scope(), files)
  }

  @Costs(20)
  @FieldResolver(() => [RelatedErasure], {
    description: 'Requests that ask for the same, found when one of them came in.',
  })
  related(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readRelated(context.scope(), request)
  }

  @FieldResolver(() => [ErasureRequest], {
    description: 'Those of its batch, itself among them; empty where it is in none.',
  })
  async batch(@Root() request: ErasureRequest, @Ctx() context: Context) {
    if (request.batchId === null) return []
    return (await context.scope().loaders.batchOfRequest.load(request.batchId)).map(shapeErasureRequest)
  }

  @Costs(100)
  @FieldResolver(() => [PlanOption], {
    description:
      'Each version that learned from the forget set, with what every method takes; empty where no plan is due.',
  })
  planOptions(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readPlanOptions(context.scope(), request)
  }

  @FieldResolver(() => ErasureState.enum, {
    nullable: true,
    description:
      'Of a blocked request: the step that it goes on from when it is tried again; null where only a new plan helps.',
  })
  resumesAt(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readResumesAt(context.scope(), request)
  }

  @FieldResolver(() => DataOwner, { nullable: true, description: 'Null for an auditor, who needs no name.' })
  owner(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readOwner(context.scope(), request)
  }

  @FieldResolver(() => [PlanItem])
  async plan(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return (await context.scope().loaders.planOfRequest.load(request.id)).map(shapePlanItem)
  }

  @Costs(100)
  @FieldResolver(() => [ClosureItem], {
    description: 'Everything that derives from the forgotten samples, what the plan says of it, and what became of it.',
  })
  closure(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readClosure(context.scope(), request)
  }

  @FieldResolver(() => [Approval])
  approvals(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readApprovals(context.scope(), request)
  }

  @FieldResolver(() => Int)
  requiredApprovals(): number {
    return REQUIRED_APPROVALS
  }

  @FieldResolver(() => SlaClock)
  async clock(@Root() request: ErasureRequest, @Ctx() context: Context) {
    const { loaders, now } = context.scope()
    return shapeClock(required(await loaders.clockOfRequest.load(request.id)), now())
  }

  @FieldResolver(() => [Audit])
  async audits(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return (await context.scope().loaders.auditsOfRequest.load(request.id)).map(shapeAudit)
  }

  @FieldResolver(() => [Run])
  async runs(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return (await context.scope().loaders.runsOfRequest.load(request.id)).map(shapeRun)
  }

  @FieldResolver(() => [TimelineEntry])
  timeline(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readTimeline(context.scope(), request)
  }

  @FieldResolver(() => [String], {
    description: 'Names of mutations that are allowed now, to this viewer, in this state.',
  })
  allowedActions(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return readAllowedActions(context.scope(), request)
  }
}
