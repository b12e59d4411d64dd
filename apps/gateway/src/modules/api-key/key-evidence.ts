import type { ApiKey } from '@lethe/db'
import { type EvidenceEntry, Role } from '@lethe/domain'
import type { Services } from '../../services.js'

/** What goes on record of a key: whose it is and what it may do, nothing by which it could be found. */
export const keyEvidence = (
  change: 'created' | 'revoked',
  { id, tenantId, userId, role, expiresAt }: Pick<ApiKey, 'id' | 'tenantId' | 'userId' | 'role' | 'expiresAt'>,
  { commitToPerson, actorId }: Pick<Services, 'commitToPerson'> & { readonly actorId: string },
): EvidenceEntry => ({
  kind: 'api-key-changed/v1',
  subjects: [],
  predicate: {
    change,
    keyId: id,
    member: commitToPerson({ tenantId, userId }),
    role: Role.parse(role),
    expiresAt: expiresAt?.toISOString() ?? null,
    changedBy: commitToPerson({ tenantId, userId: actorId }),
  },
})
