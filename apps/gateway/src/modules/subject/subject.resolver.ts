import { Arg, createUnionType, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { shapeEvidence } from '../evidence/evidence.reads.js'
import { EvidenceEntry } from '../evidence/evidence.types.js'
import { openCommitments } from './open-commitments.js'
import { shreddingEvidence, shredSubject } from './shred-subject.js'
import { ErasureOpening, ShredSubjectInput } from './subject.types.js'

const ShredSubjectResult = createUnionType({
  name: 'ShredSubjectResult',
  types: () => [EvidenceEntry, UserError] as const,
})

@Resolver()
export class SubjectResolver {
  @Requires('subject:open')
  @Query(() => ErasureOpening, { description: 'For the data owner of the request and the privacy officer.' })
  erasureOpening(@Arg('erasureRequestId', () => ID) erasureRequestId: string, @Ctx() context: Context) {
    return openCommitments(context.scope(), erasureRequestId)
  }

  @Requires('subject:shred')
  @Mutation(() => ShredSubjectResult, {
    description:
      'Destroys the salt of a data subject, for good: what is on record of this person can never be opened again, and every proof still verifies. Refused while a request of theirs is open.',
  })
  shredSubject(@Arg('input', () => ShredSubjectInput) input: ShredSubjectInput, @Ctx() context: Context) {
    return answerOf(async () => {
      const scope = context.scope()
      const commitment = await shredSubject(scope, input)
      return shapeEvidence(required(await shreddingEvidence(scope, commitment)))
    })
  }
}
