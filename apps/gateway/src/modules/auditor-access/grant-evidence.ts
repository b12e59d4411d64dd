import type { AuditorGrant } from '@lethe/db'
import type { EvidenceEntry } from '@lethe/domain'
import type { Services } from '../../services.js'

/** What goes on record of a grant: who may look into which cases until when. The reason may name somebody, and stays out. */
export const grantEvidence = (
  change: 'granted' | 'revoked',
  {
    id,
    tenantId,
    userId,
    requestIds,
    expiresAt,
  }: Pick<AuditorGrant, 'id' | 'tenantId' | 'userId' | 'requestIds' | 'expiresAt'>,
  { commitToPerson, actorId }: Pick<Services, 'commitToPerson'> & { readonly actorId: string },
): EvidenceEntry => ({
  kind: 'auditor-access-changed/v1',
  subjects: [],
  predicate: {
    change,
    grantId: id,
    auditor: commitToPerson({ tenantId, userId }),
    erasureRequestIds: requestIds,
    expiresAt: expiresAt.toISOString(),
    changedBy: commitToPerson({ tenantId, userId: actorId }),
  },
})
