import { DomainError, nextListAccess } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'

/**
 * Puts on record when the list of California's deletion platform was fetched.
 *
 * @returns the tenant's id
 * @throws DomainError FETCHED_AT_INVALID for an instant in the future, or before the fetch that is on record already
 */
export const recordListAccess = (
  scope: Scope,
  input: { readonly idempotencyKey: string; readonly fetchedAt?: Date | null },
): Promise<string> =>
  runOnce(scope, 'recordListAccess', input, async (tx, now) => {
    const { tenantId, viewer, services } = scope
    const { timeZone } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } })
    const at = input.fetchedAt ?? now
    await tx.$queryRaw`SELECT 1 FROM tenant WHERE id = ${tenantId}::uuid FOR UPDATE`
    const last = await tx.listAccess.findFirst({ where: { tenantId }, orderBy: { at: 'desc' } })
    if (at > now || (last !== null && at <= last.at))
      throw new DomainError(
        'FETCHED_AT_INVALID',
        'Send an instant after the last fetch that is on record, and not in the future.',
        'input.fetchedAt',
      )
    await tx.listAccess.create({ data: { tenantId, at, recordedBy: viewer.userId } })
    const fetchedAt = at.toISOString()
    const predicate = {
      statuteId: 'california-drop',
      fetchedAt,
      nextDueAt: nextListAccess(fetchedAt, timeZone),
      recordedBy: services.commitToPerson(viewer),
    } as const
    return { id: tenantId, evidence: [{ kind: 'request-list-fetched/v1', subjects: [], predicate }] }
  })
