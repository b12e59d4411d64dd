import { Field, Float, Int, ObjectType } from 'type-graphql'
import { DigestScalar } from '../../graphql/scalars.js'
import { DataOwner, Sample } from '../dataset/dataset.types.js'

@ObjectType('AffectedVersion')
export class AffectedVersion {
  modelVersionId!: string

  @Field(() => Int)
  learnedCount!: number
}

@ObjectType('AuditPower')
export class AuditPower {
  @Field(() => Int)
  forgetCount!: number

  @Field(() => Int)
  heldOutCount!: number

  @Field(() => Float)
  power!: number

  @Field(() => Int, { description: '1,000,000 where no number of pictures would be enough.' })
  requiredForgetSize!: number

  @Field(() => Float)
  aucMargin!: number
}

@ObjectType('ErasurePreview', { description: 'What would be affected, found before anything is promised.' })
export class ErasurePreview {
  @Field(() => DataOwner, { nullable: true })
  owner!: DataOwner | null

  @Field(() => Int)
  forgetCount!: number

  @Field(() => [DigestScalar], { description: 'Content ids that were asked for and are unknown here.' })
  unknownContentIds!: string[]

  @Field(() => [Sample], {
    description: 'Samples of other owners that resemble one to be forgotten: forgetting is undefined for those.',
  })
  nearDuplicatesOfOthers!: Sample[]

  @Field(() => [AffectedVersion])
  affected!: AffectedVersion[]

  @Field(() => AuditPower, { description: 'What an audit could detect with this many pictures.' })
  auditPower!: AuditPower
}
