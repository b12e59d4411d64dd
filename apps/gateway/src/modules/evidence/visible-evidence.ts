import type { Prisma } from '@lethe/db'
import type { Scope } from '../../context.js'

/**
 * Entries that a viewer may see: an external auditor those of their cases, those on how the versions of these came to be
 * that belong to no request, and how whoever approved came to have the right.
 */
export async function visibleEvidence({ reach, services, tenantId }: Scope): Promise<Prisma.EvidenceWhereInput> {
  const known = await reach()
  if (known === null) return {}
  const approvers = known.approverIds.map((userId) => services.commitToPerson({ tenantId, userId }))
  return {
    AND: [
      {
        OR: [
          { requestId: { in: [...known.requestIds] } },
          { requestId: null, modelVersions: { hasSome: [...known.modelVersionIds] } },
          ...approvers.map((member) => ({
            kind: 'member-changed/v1',
            payload: { path: ['predicate', 'member'], equals: member },
          })),
        ],
      },
    ],
  }
}
