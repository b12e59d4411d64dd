import type { IdentityChallenge } from '@lethe/db'
import type { EvidenceEntry, EvidencePredicate } from '@lethe/domain'

/** Nothing of the address or of the link. @param changedBy null: whoever holds the link */
export const challengeEvidence = (
  change: EvidencePredicate<'identity-challenge-changed/v1'>['change'],
  { id, requestId, expiresAt }: Pick<IdentityChallenge, 'id' | 'requestId' | 'expiresAt'>,
  changedBy: string | null,
): EvidenceEntry => ({
  kind: 'identity-challenge-changed/v1',
  subjects: [],
  erasureRequestId: requestId,
  predicate: { change, challengeId: id, expiresAt: expiresAt.toISOString(), changedBy },
})
