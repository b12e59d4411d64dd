import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { PageArgs } from '../../graphql/connection.js'
import { Requires } from '../../graphql/requires.js'
import { listDatasets, listVersionsOfDataset } from './dataset.reads.js'
import { shapeDataset, shapeDatasetVersion } from './dataset.shape.js'
import { Dataset, DatasetConnection, DatasetVersion, DatasetVersionConnection } from './dataset.types.js'

@Resolver(() => Dataset)
export class DatasetResolver {
  @Requires('dataset:read')
  @Query(() => DatasetConnection)
  datasets(@Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listDatasets(context.scope(), page)
  }

  @Requires('dataset:read')
  @Query(() => Dataset, { nullable: true })
  async dataset(@Arg('id', () => ID) id: string, @Ctx() context: Context) {
    const row = await context.scope().loaders.dataset.load(id)
    return row && shapeDataset(row)
  }

  @FieldResolver(() => DatasetVersion, { nullable: true })
  async latestVersion(@Root() dataset: Dataset, @Ctx() context: Context) {
    const row = await context.scope().loaders.latestDatasetVersion.load(dataset.id)
    return row && shapeDatasetVersion(row)
  }

  @FieldResolver(() => DatasetVersionConnection)
  versions(@Root() dataset: Dataset, @Args(() => PageArgs) page: PageArgs, @Ctx() context: Context) {
    return listVersionsOfDataset(context.scope(), dataset.id, page)
  }
}
