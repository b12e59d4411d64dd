import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime, DigestScalar, Json } from '../../graphql/scalars.js'

export const ModelVersionState = {
  TRAINING: 'TRAINING',
  READY: 'READY',
  PRODUCTION: 'PRODUCTION',
  RETIRED: 'RETIRED',
  FAILED: 'FAILED',
  REJECTED: 'REJECTED',
} as const
export type ModelVersionState = keyof typeof ModelVersionState
registerEnumType(ModelVersionState, { name: 'ModelVersionState' })

export const ModelVersionOrigin = { pretrain: 'pretrain', unlearn: 'unlearn', comparison: 'comparison' } as const
export type ModelVersionOrigin = keyof typeof ModelVersionOrigin
registerEnumType(ModelVersionOrigin, { name: 'ModelVersionOrigin' })

@ObjectType('Model', { implements: Node })
export class Model extends Node {
  productionVersionId!: string | null

  @Field(() => String)
  name!: string

  @Field(() => String)
  framework!: string

  @Field(() => DateTime)
  createdAt!: Date
}

@ObjectType('CurvePoint')
export class CurvePoint {
  @Field(() => Int)
  epoch!: number

  @Field(() => Float)
  loss!: number
}

@ObjectType('Cost')
export class Cost {
  @Field(() => Float)
  wallSeconds!: number

  @Field(() => Float)
  cpuSeconds!: number

  @Field(() => Float)
  peakMemoryBytes!: number

  @Field(() => String)
  device!: string
}

@ObjectType('ModelFile', { description: 'A file of a model version, as its signature names it.' })
export class ModelFile {
  @Field(() => String)
  name!: string

  @Field(() => DigestScalar, { nullable: true, description: 'Null for what is made when it is asked for.' })
  digest!: string | null

  @Field(() => String, { description: 'Path on this gateway.' })
  path!: string
}

@ObjectType('ModelVersion', { implements: Node })
export class ModelVersion extends Node {
  modelId!: string
  parentId!: string | null
  datasetVersionId!: string
  runId!: string
  /** Digests of the forget sets that this version excludes. */
  excludedDigests!: string[]

  @Field(() => Int)
  number!: number

  @Field(() => ModelVersionState)
  state!: ModelVersionState

  @Field(() => ModelVersionOrigin)
  origin!: ModelVersionOrigin

  @Field(() => String, { nullable: true })
  method!: string | null

  @Field(() => Json, { description: 'TrainingRecipe of @lethe/domain.' })
  recipe!: unknown

  @Field(() => Json, {
    nullable: true,
    description: 'UnlearningRecipe of @lethe/domain, for versions that were made to forget.',
  })
  unlearning!: unknown

  @Field(() => DigestScalar, { nullable: true })
  weightsDigest!: string | null

  @Field(() => [CurvePoint])
  curve!: CurvePoint[]

  @Field(() => Json, { nullable: true, description: 'Provenance of @lethe/domain.' })
  provenance!: unknown

  @Field(() => Cost, { nullable: true })
  cost!: Cost | null

  @Field(() => DateTime)
  createdAt!: Date

  @Field(() => DateTime, { nullable: true })
  readyAt!: Date | null

  @Field(() => DateTime, {
    nullable: true,
    description: 'When an erasure deleted weights and training state. Null while they are kept.',
  })
  destroyedAt!: Date | null
}

@ObjectType('Promotion', { description: 'What served from an instant on, until the next one.' })
export class Promotion {
  /** Null: from then on nothing served. */
  modelVersionId!: string | null

  /** User id or "policy", as the row has it. */
  decidedBy!: string

  @Field(() => DateTime)
  at!: Date

  @Field(() => DateTime, { nullable: true, description: 'Null while it lasts.' })
  until!: Date | null
}

export const ModelConnection = connectionType(Model, 'Model')
export const ModelVersionConnection = connectionType(ModelVersion, 'ModelVersion')
export const PromotionConnection = connectionType(Promotion, 'Promotion')

@InputType('PretrainInput')
export class PretrainInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => String)
  modelName!: string

  @Field(() => ID)
  datasetVersionId!: string

  @Field(() => Json, { description: 'TrainingRecipe of @lethe/domain; missing fields take their defaults.' })
  recipe!: unknown
}

@InputType('PromoteModelVersionInput')
export class PromoteModelVersionInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  modelVersionId!: string
}
