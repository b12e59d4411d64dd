import { Arg, Args, createUnionType, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { shapeErasureRequest } from '../erasure/erasure.shape.js'
import { ErasureRequest } from '../erasure/erasure.types.js'
import { listBundles } from './bundle.reads.js'
import { shapeBundle } from './bundle.shape.js'
import { EvidenceBundle, EvidenceBundleConnection, RequestEvidenceBundleInput } from './bundle.types.js'
import { requestEvidenceBundle } from './request-bundle.js'

const RequestEvidenceBundleResult = createUnionType({
  name: 'RequestEvidenceBundleResult',
  types: () => [EvidenceBundle, UserError] as const,
})

@Resolver(() => EvidenceBundle)
export class BundleResolver {
  @Requires('erasure:read')
  @Query(() => EvidenceBundleConnection)
  evidenceBundles(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listBundles(context.scope(), page)
  }

  @Requires('erasure:read')
  @Query(() => EvidenceBundle, { nullable: true })
  async evidenceBundle(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.evidenceBundle.load(id)
    return row && shapeBundle(row)
  }

  @Requires('bundle:request')
  @Mutation(() => RequestEvidenceBundleResult)
  requestEvidenceBundle(
    @Arg('input', () => RequestEvidenceBundleInput) input: RequestEvidenceBundleInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => {
      const scope = context.scope()
      const id = await requestEvidenceBundle(scope, input)
      return shapeBundle(required(await scope.loaders.evidenceBundle.load(id)))
    })
  }

  @FieldResolver(() => ErasureRequest)
  async erasureRequest(@Root() bundle: EvidenceBundle, @Ctx() context: Context) {
    return shapeErasureRequest(required(await context.scope().loaders.erasureRequest.load(bundle.requestId)))
  }
}

@Resolver(() => ErasureRequest)
export class RequestBundlesResolver {
  @FieldResolver(() => [EvidenceBundle], { description: 'Newest first.' })
  async bundles(@Root() request: ErasureRequest, @Ctx() context: Context) {
    return (await context.scope().loaders.bundlesOfRequest.load(request.id)).map(shapeBundle)
  }
}
