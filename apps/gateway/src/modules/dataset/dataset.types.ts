import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime, DigestScalar } from '../../graphql/scalars.js'

export const DatasetVersionState = {
  INGESTING: 'INGESTING',
  READY: 'READY',
  FAILED: 'FAILED',
  ERASED: 'ERASED',
} as const
export type DatasetVersionState = keyof typeof DatasetVersionState
registerEnumType(DatasetVersionState, { name: 'DatasetVersionState' })

export const Split = { train: 'train', calibration: 'calibration', held_out: 'held-out', twin: 'twin' } as const
export type Split = (typeof Split)[keyof typeof Split]
registerEnumType(Split, { name: 'Split' })

export const TwinPairing = { metadata: 'metadata', near_duplicate: 'near-duplicate' } as const
export type TwinPairing = (typeof TwinPairing)[keyof typeof TwinPairing]
registerEnumType(TwinPairing, {
  name: 'TwinPairing',
  description: 'Which samples are twins: those whose JSON names one `twin`, or samples that resemble each other.',
})

@ObjectType('Dataset', { implements: Node })
export class Dataset extends Node {
  @Field(() => String)
  name!: string

  @Field(() => String)
  description!: string

  @Field(() => String)
  attribution!: string

  @Field(() => DateTime)
  createdAt!: Date
}

@ObjectType('QuarantinedSample')
export class QuarantinedSample {
  @Field(() => String)
  key!: string

  @Field(() => String)
  reason!: string
}

@ObjectType('SplitCount')
export class SplitCount {
  @Field(() => Split)
  split!: Split

  @Field(() => Int)
  count!: number
}

@ObjectType('DatasetVersion', { implements: Node })
export class DatasetVersion extends Node {
  datasetId!: string
  ingestRunId!: string | null

  @Field(() => Int)
  number!: number

  @Field(() => DatasetVersionState)
  state!: DatasetVersionState

  @Field(() => String, { nullable: true })
  failure!: string | null

  @Field(() => DigestScalar, { nullable: true })
  packDigest!: string | null

  @Field(() => Int)
  imageSize!: number

  @Field(() => Int)
  sampleCount!: number

  @Field(() => Int, { description: 'Samples that erasures took out; they are no part of sampleCount.' })
  redactedCount!: number

  @Field(() => DateTime, {
    nullable: true,
    description: 'When an erasure deleted the archive that was uploaded. Null while it is kept.',
  })
  uploadDestroyedAt!: Date | null

  @Field(() => Int)
  exactDuplicates!: number

  @Field(() => Int)
  nearDuplicates!: number

  @Field(() => Int)
  quarantinedCount!: number

  @Field(() => [QuarantinedSample])
  quarantined!: QuarantinedSample[]

  @Field(() => DateTime)
  createdAt!: Date

  @Field(() => DateTime, { nullable: true })
  readyAt!: Date | null
}

@ObjectType('DataOwner', { implements: Node })
export class DataOwner extends Node {
  @Field(() => String, { description: 'Key by which the tenant knows the data owner.' })
  subjectKey!: string
}

@ObjectType('DataOwnerShare')
export class DataOwnerShare {
  @Field(() => DataOwner)
  owner!: DataOwner

  @Field(() => Int)
  sampleCount!: number

  @Field(() => Int)
  trainCount!: number
}

@ObjectType('Sample')
export class Sample {
  ownerId!: string

  @Field(() => Int)
  index!: number

  @Field(() => DigestScalar)
  contentId!: string

  @Field(() => String)
  key!: string

  @Field(() => String)
  label!: string

  @Field(() => String, { nullable: true })
  group!: string | null

  @Field(() => Split)
  split!: Split

  @Field(() => DigestScalar, { nullable: true })
  nearDuplicateOf!: string | null

  @Field(() => String, {
    description: 'Path of a PNG of the sample on this gateway (`/v1/samples/...`), for viewers who may read datasets.',
  })
  thumbnailPath!: string
}

export const DatasetConnection = connectionType(Dataset, 'Dataset')
export const DatasetVersionConnection = connectionType(DatasetVersion, 'DatasetVersion')
export const DataOwnerShareConnection = connectionType(DataOwnerShare, 'DataOwnerShare')
export const SampleConnection = connectionType(Sample, 'Sample')

@ObjectType('Upload')
export class Upload {
  @Field(() => String, {
    description:
      'PUT the raw bytes here (application/octet-stream); the URL is signed, short-lived and for these bytes only.',
  })
  url!: string

  @Field(() => DateTime)
  expiresAt!: Date
}

@InputType('CreateUploadInput')
export class CreateUploadInput {
  @Field(() => DigestScalar)
  digest!: string

  @Field(() => Int)
  sizeBytes!: number
}

@InputType('RegisterDatasetInput', {
  description: `Registers an uploaded WebDataset tar: pictures \`KEY.png|jpg|webp\`, each beside \`KEY.json\` with
\`{ "label", "group"?, "owner", "split": "train" | "calibration" | "held-out", "twin"? }\`.`,
})
export class RegisterDatasetInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => String)
  name!: string

  @Field(() => String, { defaultValue: '' })
  description!: string

  @Field(() => String, { defaultValue: '' })
  attribution!: string

  @Field(() => DigestScalar)
  uploadDigest!: string

  @Field(() => Int, { defaultValue: 32 })
  imageSize!: number

  @Field(() => TwinPairing, {
    nullable: true,
    description:
      'Of each pair of twins in the train split a coin keeps one out of training, bound by a commitment on record: a later audit then has an exact p-value.',
  })
  twins?: TwinPairing | null
}
