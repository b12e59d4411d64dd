import { Arg, createUnionType, Ctx, Mutation, Resolver } from 'type-graphql'
import type { Context, Scope } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { shapeModelVersion } from './model.shape.js'
import { ModelVersion, PretrainInput, PromoteModelVersionInput } from './model.types.js'
import { pretrain } from './pretrain.js'
import { promoteModelVersion } from './promote-model-version.js'

const ModelVersionResult = createUnionType({
  name: 'ModelVersionResult',
  types: () => [ModelVersion, UserError] as const,
})

const answer = <Input>(context: Context, useCase: (scope: Scope, input: Input) => Promise<string>, input: Input) =>
  answerOf(async () => {
    const scope = context.scope()
    const id = await useCase(scope, input)
    return shapeModelVersion(required(await scope.loaders.modelVersion.load(id)))
  })

@Resolver()
export class ModelMutations {
  @Requires('model:write')
  @Mutation(() => ModelVersionResult)
  pretrain(@Arg('input', () => PretrainInput) input: PretrainInput, @Ctx() context: Context) {
    return answer(context, pretrain, input)
  }

  @Requires('model:write')
  @Mutation(() => ModelVersionResult)
  promoteModelVersion(
    @Arg('input', () => PromoteModelVersionInput) input: PromoteModelVersionInput,
    @Ctx() context: Context,
  ) {
    return answer(context, promoteModelVersion, input)
  }
}
