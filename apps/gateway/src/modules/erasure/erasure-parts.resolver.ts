import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { shapeModelVersion } from '../model/model.shape.js'
import { ModelVersion } from '../model/model.types.js'
import { AffectedVersion } from './erasure-preview.types.js'
import { Approval, PlanItem } from './erasure.types.js'
import { PlanOption } from './plan-option.types.js'

@Resolver(() => PlanItem)
export class PlanItemResolver {
  @FieldResolver(() => ModelVersion)
  async modelVersion(@Root() item: PlanItem, @Ctx() context: Context) {
    return shapeModelVersion(required(await context.scope().loaders.modelVersion.load(item.modelVersionId)))
  }

  @FieldResolver(() => ModelVersion, { nullable: true })
  async resultVersion(@Root() item: PlanItem, @Ctx() context: Context) {
    if (item.resultVersionId === null) return null
    const row = await context.scope().loaders.modelVersion.load(item.resultVersionId)
    return row && shapeModelVersion(row)
  }
}

@Resolver(() => AffectedVersion)
export class AffectedVersionResolver {
  @FieldResolver(() => ModelVersion)
  async modelVersion(@Root() affected: AffectedVersion, @Ctx() context: Context) {
    return shapeModelVersion(required(await context.scope().loaders.modelVersion.load(affected.modelVersionId)))
  }
}

@Resolver(() => PlanOption)
export class PlanOptionResolver {
  @FieldResolver(() => ModelVersion)
  async modelVersion(@Root() option: PlanOption, @Ctx() context: Context) {
    return shapeModelVersion(required(await context.scope().loaders.modelVersion.load(option.modelVersionId)))
  }
}

@Resolver(() => Approval)
export class ApprovalResolver {
  @FieldResolver(() => String)
  userName(@Root() approval: Approval, @Ctx() context: Context) {
    return context.scope().loaders.personName.load(approval.userId)
  }
}
