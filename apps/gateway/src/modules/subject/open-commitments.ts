import { readSalt } from '@lethe/db'
import { commitToForgetSet, DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { shape } from '../../graphql/node.js'
import { findRequest } from '../erasure/find-request.js'
import { ErasureOpening } from './subject.types.js'

/**
 * What opens the commitments of a request: for the person whom it is about, and the privacy officer.
 *
 * @throws DomainError NOT_FOUND, SUBJECT_SHREDDED when the salt was destroyed, also if there is another since
 */
export async function openCommitments(scope: Scope, erasureRequestId: string): Promise<ErasureOpening> {
  const { db, tenantId } = scope
  const request = await findRequest(db, scope, erasureRequestId)
  const [salt, owner, samples] = await Promise.all([
    readSalt(db, { tenantId, ownerId: request.ownerId }),
    scope.loaders.dataOwner.load(request.ownerId),
    db.forgetSetSample.findMany({
      where: { requestId: request.id },
      select: { contentId: true },
      orderBy: { contentId: 'asc' },
    }),
  ])
  if (commitToForgetSet(salt, request.forgetDigest) !== request.forgetSetCommitment)
    throw new DomainError(
      'SUBJECT_SHREDDED',
      'The salt of this request was destroyed; a later one cannot open what is on record of it.',
      'erasureRequestId',
    )
  return shape(ErasureOpening, {
    salt: Buffer.from(salt).toString('hex'),
    subjectKey: required(owner).subjectKey,
    subjectCommitment: request.subjectCommitment,
    forgetSetDigest: request.forgetDigest,
    forgetSetCommitment: request.forgetSetCommitment,
    contentIds: samples.length === 0 ? null : samples.map(({ contentId }) => contentId),
  })
}
