import { Arg, createUnionType, Ctx, Mutation, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { createUpload } from './create-upload.js'
import { shapeDatasetVersion } from './dataset.shape.js'
import { CreateUploadInput, DatasetVersion, RegisterDatasetInput, Upload } from './dataset.types.js'
import { registerDataset } from './register-dataset.js'

const CreateUploadResult = createUnionType({
  name: 'CreateUploadResult',
  types: () => [Upload, UserError] as const,
})

const DatasetVersionResult = createUnionType({
  name: 'DatasetVersionResult',
  types: () => [DatasetVersion, UserError] as const,
})

@Resolver()
export class DatasetMutations {
  @Requires('dataset:write')
  @Mutation(() => CreateUploadResult)
  createUpload(@Arg('input', () => CreateUploadInput) input: CreateUploadInput, @Ctx() context: Context) {
    return answerOf(() => createUpload(context.scope(), input))
  }

  @Requires('dataset:write')
  @Mutation(() => DatasetVersionResult)
  registerDataset(@Arg('input', () => RegisterDatasetInput) input: RegisterDatasetInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      const id = await registerDataset(scope, input)
      return shapeDatasetVersion(required(await scope.loaders.datasetVersion.load(id)))
    })
  }
}
