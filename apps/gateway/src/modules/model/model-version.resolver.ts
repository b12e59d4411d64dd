import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { Requires } from '../../graphql/requires.js'
import { shapeDatasetVersion } from '../dataset/dataset.shape.js'
import { DatasetVersion } from '../dataset/dataset.types.js'
import { shapeRun } from '../run/run.shape.js'
import { Run } from '../run/run.types.js'
import { countForgotten } from './model.reads.js'
import { shapeModel, shapeModelVersion } from './model.shape.js'
import { Model, ModelFile, ModelVersion } from './model.types.js'
import { listFiles } from './version-files.js'

@Resolver(() => ModelVersion)
export class ModelVersionResolver {
  @Requires('model:read')
  @Query(() => ModelVersion, { nullable: true })
  async modelVersion(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.modelVersion.load(id)
    return row && shapeModelVersion(row)
  }

  @FieldResolver(() => Model)
  async model(@Root() version: ModelVersion, @Ctx() context: Context) {
    return shapeModel(required(await context.scope().loaders.model.load(version.modelId)))
  }

  @Requires('model:read')
  @FieldResolver(() => ModelVersion, { nullable: true })
  async parent(@Root() version: ModelVersion, @Ctx() context: Context) {
    const row = version.parentId === null ? null : await context.scope().loaders.modelVersion.load(version.parentId)
    return row && shapeModelVersion(row)
  }

  @Requires('model:read')
  @FieldResolver(() => [ModelVersion])
  async children(@Root() version: ModelVersion, @Ctx() context: Context) {
    return (await context.scope().loaders.childVersions.load(version.id)).map(shapeModelVersion)
  }

  @Requires('dataset:read')
  @FieldResolver(() => DatasetVersion)
  async datasetVersion(@Root() version: ModelVersion, @Ctx() context: Context) {
    return shapeDatasetVersion(required(await context.scope().loaders.datasetVersion.load(version.datasetVersionId)))
  }

  @Requires('run:read')
  @FieldResolver(() => Run, { nullable: true })
  async run(@Root() version: ModelVersion, @Ctx() context: Context) {
    const row = await context.scope().loaders.run.load(version.runId)
    return row && shapeRun(row)
  }

  @Requires('model:read')
  @FieldResolver(() => [ModelFile], { description: 'What the viewer may download of it.' })
  async files(@Root() version: ModelVersion, @Ctx() context: Context) {
    const scope = context.scope()
    return listFiles(scope, required(await scope.loaders.modelVersion.load(version.id)))
  }

  @FieldResolver(() => Int)
  forgottenCount(@Root() version: ModelVersion, @Ctx() context: Context) {
    return countForgotten(context.scope(), version)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'URL that serves embeddings, while this version is in production.',
  })
  embeddingUrl(@Root() version: ModelVersion, @Ctx() context: Context): string | null {
    if (version.state !== 'PRODUCTION') return null
    return new URL(`/v1/models/${version.id}/embed`, context.services.embeddingUrl).toString()
  }
}
