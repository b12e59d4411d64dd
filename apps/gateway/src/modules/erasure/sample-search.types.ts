import { Field, InputType, Int, ObjectType } from 'type-graphql'
import { DigestScalar } from '../../graphql/scalars.js'
import { Sample } from '../dataset/dataset.types.js'

@InputType('FileLookInput', { description: 'What was computed of a file where it lies; the file is not sent.' })
export class FileLookInput {
  @Field(() => DigestScalar, { description: 'SHA-256 of its bytes.' })
  contentId!: string

  @Field(() => String, {
    nullable: true,
    description: 'Perceptual hash of the decoded picture: base64 of the 200 bytes of lookBytes of @lethe/domain.',
  })
  look?: string | null
}

@ObjectType('FileMatch')
export class FileMatch {
  @Field(() => DigestScalar)
  contentId!: string

  @Field(() => Sample, { nullable: true, description: 'The sample with these very bytes.' })
  sample!: Sample | null

  @Field(() => [Sample], {
    description:
      'Samples that look like it, re-encoded copies perhaps. Proposals: none is part of a request by itself.',
  })
  lookalikes!: Sample[]
}

@ObjectType('SampleSearch')
export class SampleSearch {
  @Field(() => [FileMatch], { description: 'One for each file, in their order.' })
  matches!: FileMatch[]

  @Field(() => Int, { description: 'Dataset versions from before looks were kept: only very bytes are found there.' })
  unsearchedVersions!: number
}
