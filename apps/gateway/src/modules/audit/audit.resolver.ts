import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import { shapeModelVersion } from '../model/model.shape.js'
import { ModelVersion } from '../model/model.types.js'
import { shapeRun } from '../run/run.shape.js'
import { Run } from '../run/run.types.js'
import { listAudits } from './audit.reads.js'
import { shapeAudit } from './audit.shape.js'
import { Audit, AuditConnection } from './audit.types.js'

@Resolver(() => Audit)
export class AuditResolver {
  @Requires('audit:read')
  @Query(() => AuditConnection)
  audits(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listAudits(context.scope(), page)
  }

  @Requires('audit:read')
  @Query(() => Audit, { nullable: true })
  async audit(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.audit.load(id)
    return row && shapeAudit(row)
  }

  @FieldResolver(() => ErasureRequest)
  async erasureRequest(@Root() audit: Audit, @Ctx() context: Context) {
    return shapeErasureRequest(required(await context.scope().loaders.erasureRequest.load(audit.requestId)))
  }

  @FieldResolver(() => ModelVersion)
  async before(@Root() audit: Audit, @Ctx() context: Context) {
    return shapeModelVersion(required(await context.scope().loaders.modelVersion.load(audit.beforeVersionId)))
  }

  @FieldResolver(() => ModelVersion)
  async after(@Root() audit: Audit, @Ctx() context: Context) {
    return shapeModelVersion(required(await context.scope().loaders.modelVersion.load(audit.afterVersionId)))
  }

  @Requires('run:read')
  @FieldResolver(() => Run, { nullable: true })
  async run(@Root() audit: Audit, @Ctx() context: Context) {
    const row = await context.scope().loaders.run.load(audit.runId)
    return row && shapeRun(row)
  }
}
