import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { PageArgs } from '../../graphql/connection.js'
import { forbidden } from '../../graphql/refusals.js'
import { Requires } from '../../graphql/requires.js'
import { DateTime } from '../../graphql/scalars.js'
import { listModels, listPromotions, listVersionsOfModel, promotionAt } from './model.reads.js'
import { shapeModel, shapeModelVersion } from './model.shape.js'
import {
  Model,
  ModelConnection,
  ModelVersion,
  ModelVersionConnection,
  Promotion,
  PromotionConnection,
} from './model.types.js'

@Resolver(() => Model)
export class ModelResolver {
  @Requires('model:read')
  @Query(() => ModelConnection)
  models(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listModels(context.scope(), page)
  }

  @Requires('model:read')
  @Query(() => Model, { nullable: true })
  async model(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.model.load(id)
    return row && shapeModel(row)
  }

  @Requires('model:read')
  @FieldResolver(() => ModelVersion, { nullable: true })
  async productionVersion(@Root() model: Model, @Ctx() context: Context) {
    if (model.productionVersionId === null) return null
    const row = await context.scope().loaders.modelVersion.load(model.productionVersionId)
    return row && shapeModelVersion(row)
  }

  @Requires('model:read')
  @FieldResolver(() => ModelVersionConnection)
  versions(@Root() model: Model, @Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listVersionsOfModel(context.scope(), model.id, page)
  }

  @Requires('model:read')
  @FieldResolver(() => PromotionConnection)
  promotions(@Root() model: Model, @Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listPromotions(context.scope(), model.id, page)
  }

  @Requires('model:read')
  @FieldResolver(() => Promotion, {
    nullable: true,
    description: 'What served at an instant, and who had decided so. Null before anything ever served.',
  })
  servedAt(@Root() model: Model, @Arg('at', () => DateTime) at: Date, @Ctx() context: Context) {
    return promotionAt(context.scope(), model.id, at)
  }
}

@Resolver(() => Promotion)
export class PromotionResolver {
  @FieldResolver(() => ModelVersion, { nullable: true, description: 'Null: from then on nothing served.' })
  async modelVersion(@Root() promotion: Promotion, @Ctx() context: Context) {
    if (promotion.modelVersionId === null) return null
    const row = await context.scope().loaders.modelVersion.load(promotion.modelVersionId)
    if (row === null) throw forbidden('What served then lies outside the cases that you may look into.')
    return shapeModelVersion(row)
  }

  /** A person's name; "policy" where an audit's verdict decided. */
  @FieldResolver(() => String)
  decidedBy(@Root() promotion: Promotion, @Ctx() context: Context) {
    if (promotion.decidedBy === 'policy') return promotion.decidedBy
    return context.scope().loaders.personName.load(promotion.decidedBy)
  }
}
