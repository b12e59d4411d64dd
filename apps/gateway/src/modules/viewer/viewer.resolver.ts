import { Ctx, FieldResolver, Query, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { Requires } from '../../graphql/requires.js'
import { readSubjectKey, readTenant, shapeViewer } from './viewer.reads.js'
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

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Of a data owner: the key by which the tenant knows their data. Null for others.',
  })
  subjectKey(@Ctx() context: Context) {
    return context.viewer?.role === 'data_owner' ? readSubjectKey(context.scope()) : null
  }
}
