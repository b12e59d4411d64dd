import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { DigestScalar } from '../../graphql/scalars.js'

@ObjectType('ErasureOpening', {
  description:
    'Opens the commitments by which evidence names a person and a forget set. Secret: whoever has it can tell whom a request is about. Saved as JSON it is what `lethe verify --opening` takes.',
})
export class ErasureOpening {
  @Field(() => String, { description: '32 bytes in hex: the key of HMAC-SHA-256.' })
  salt!: string

  @Field(() => String, { description: 'Message: lethe/subject/v1, a line feed, this.' })
  subjectKey!: string

  @Field(() => DigestScalar)
  subjectCommitment!: string

  @Field(() => DigestScalar, { description: 'Message: lethe/forget-set/v1, a line feed, this.' })
  forgetSetDigest!: string

  @Field(() => DigestScalar)
  forgetSetCommitment!: string

  @Field(() => [DigestScalar], {
    nullable: true,
    description:
      'SHA-256 of each file; sorted, one a line, they are what the digest is of. Null once the request has erased them: whoever has the files can compute them.',
  })
  contentIds!: string[] | null
}

@InputType('ShredSubjectInput')
export class ShredSubjectInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => String, { nullable: true, description: 'Exactly one of subjectKey and ownerId.' })
  subjectKey?: string | null

  @Field(() => ID, { nullable: true })
  ownerId?: string | null
}
