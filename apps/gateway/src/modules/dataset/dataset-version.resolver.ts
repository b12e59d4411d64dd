import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { PageArgs } from '../../graphql/connection.js'
import { required } from '../../graphql/batching.js'
import { shape } from '../../graphql/node.js'
import { Requires } from '../../graphql/requires.js'
import { shapeModelVersion } from '../model/model.shape.js'
import { ModelVersion } from '../model/model.types.js'
import { shapeRun } from '../run/run.shape.js'
import { Run } from '../run/run.types.js'
import { listOwners, listSamples } from './dataset.reads.js'
import { shapeDataOwner, shapeDataset, shapeDatasetVersion } from './dataset.shape.js'
import {
  DataOwner,
  DataOwnerShareConnection,
  Dataset,
  DatasetVersion,
  Sample,
  SampleConnection,
  Split,
  SplitCount,
} from './dataset.types.js'

@ArgsType()
class SampleArgs extends PageArgs {
  @Field(() => ID, { nullable: true })
  ownerId?: string | null

  @Field(() => Split, { nullable: true })
  split?: Split | null

  @Field(() => Boolean, { nullable: true })
  onlyDuplicates?: boolean | null
}

@Resolver(() => DatasetVersion)
export class DatasetVersionResolver {
  @Requires('dataset:read')
  @Query(() => DatasetVersion, { nullable: true })
  async datasetVersion(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.datasetVersion.load(id)
    return row && shapeDatasetVersion(row)
  }

  @FieldResolver(() => Dataset)
  async dataset(@Root() version: DatasetVersion, @Ctx() context: Context) {
    return shapeDataset(required(await context.scope().loaders.dataset.load(version.datasetId)))
  }

  @FieldResolver(() => Int)
  async ownerCount(@Root() version: DatasetVersion, @Ctx() context: Context) {
    return (await context.scope().loaders.ownerCount.load(version.id))?.count ?? 0
  }

  @FieldResolver(() => [SplitCount])
  async splitCounts(@Root() version: DatasetVersion, @Ctx() context: Context) {
    const counts = await context.scope().loaders.splitCounts.load(version.id)
    return counts.map(({ split, count }) => shape(SplitCount, { split: split as Split, count }))
  }

  @Requires('run:read')
  @FieldResolver(() => Run, { nullable: true })
  async ingestRun(@Root() version: DatasetVersion, @Ctx() context: Context) {
    const row = version.ingestRunId === null ? null : await context.scope().loaders.run.load(version.ingestRunId)
    return row && shapeRun(row)
  }

  @Requires('dataset:read')
  @FieldResolver(() => DataOwnerShareConnection)
  owners(@Root() version: DatasetVersion, @Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listOwners(context.scope(), version.id, page)
  }

  @Requires('dataset:read')
  @FieldResolver(() => SampleConnection)
  samples(@Root() version: DatasetVersion, @Args(() => SampleArgs) args: SampleArgs, @Ctx() context: Context) {
    return listSamples(context.scope(), version.id, args, args)
  }

  @Requires('model:read')
  @FieldResolver(() => [ModelVersion])
  async modelVersions(@Root() version: DatasetVersion, @Ctx() context: Context) {
    return (await context.scope().loaders.versionsOfDataset.load(version.id)).map(shapeModelVersion)
  }
}

@Resolver(() => Sample)
export class SampleResolver {
  @Requires('dataset:read')
  @FieldResolver(() => DataOwner)
  async owner(@Root() sample: Sample, @Ctx() context: Context) {
    const { loaders, viewer } = context.scope()
    return shapeDataOwner(required(await loaders.dataOwner.load(sample.ownerId)), viewer)
  }
}
