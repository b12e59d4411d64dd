import { Ctx, FieldResolver, Query, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { Requires } from '../../graphql/requires.js'
import { readTenant, shapeViewer } from './viewer.reads.js'
import { Tenant, Viewer } from './viewer.types.js'

@Resolver(() => Viewer)
export class ViewerResolver {
  @Requires('anyone')
  @Query(() => Viewer, { nullable: true })
  viewer(@Ctx() { viewer }: Context) {
    return viewer && shapeViewer(viewer)
  }

  @FieldResolver(() => Tenant, { nullable: true })
  tenant(@Ctx() context: Context) {
    return context.viewer?.tenantId == null ? null : readTenant(context.scope())
  }
}
