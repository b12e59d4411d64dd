import { DomainError, Role } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { isUuid } from '../../graphql/page.js'
import { runOnce } from '../../graphql/run-once.js'

const TenantRole = Role.exclude(['platform_admin'])

/**
 * Gives a member another role, from the next request on: it does not wait for their token to expire.
 *
 * @returns the member's id
 * @throws DomainError NOT_FOUND, LAST_OWNER, INVALID_INPUT
 */
export const changeMemberRole = (
  scope: Scope,
  input: { idempotencyKey: string; userId: string; role: Role },
): Promise<string> =>
  change(scope, 'changeMemberRole', input, async (membership) => {
    const role = TenantRole.safeParse(input.role)
    if (!role.success)
      throw new DomainError('INVALID_INPUT', 'A platform admin belongs to no tenant; give another role.', 'input.role')
    await scope.services.memberships.changeRole({ ...membership, role: role.data })
  })

/**
 * Ends a membership, and with it keys and an auditor's access, from the next request on.
 *
 * @returns the id of who was a member
 * @throws DomainError NOT_FOUND, LAST_OWNER
 */
export const removeMember = (scope: Scope, input: { idempotencyKey: string; userId: string }): Promise<string> =>
  change(scope, 'removeMember', input, (membership) => scope.services.memberships.remove(membership))

interface Membership {
  readonly tenantId: string
  readonly userId: string
  readonly actorId: string
}

async function change<Input extends { idempotencyKey: string; userId: string }>(
  scope: Scope,
  operation: string,
  input: Input,
  apply: (membership: Membership) => Promise<void>,
): Promise<string> {
  const { tenantId, viewer, services } = scope
  const { userId } = input
  const id = await runOnce(scope, operation, input, async () => {
    if (!isUuid(userId))
      throw new DomainError('NOT_FOUND', 'Nobody of this id is a member of the tenant.', 'input.userId')
    await apply({ tenantId, userId, actorId: viewer.userId })
    // The evidence is made of what the database noted beside the change, which lies in another store.
    return { id: userId, evidence: [] }
  })
  services.standings.forget()
  await services.accessRecorder.record(tenantId)
  return id
}
