import type { Role } from '@lethe/domain'
import { createAccessControl } from 'better-auth/plugins/access'

/**
 * Rights inside the identity provider only. None of its administrative endpoints is mounted, so that there is one place
 * that decides who may do what: the table of roles in @lethe/domain.
 */
const control = createAccessControl({ organization: ['update'], member: ['create'] } as const)
const nothing = control.newRole({ organization: [], member: [] })

export const accessControl = control

/** Roles that a member of a tenant can have; a platform admin belongs to none. */
export type TenantRole = Exclude<Role, 'platform_admin'>

export const organizationRoles: Record<TenantRole, typeof nothing> = {
  tenant_owner: nothing,
  engineer: nothing,
  privacy_officer: nothing,
  data_owner: nothing,
  auditor: nothing,
}
