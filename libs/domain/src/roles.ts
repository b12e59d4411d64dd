import { z } from 'zod'

export const Role = z.enum(['tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor', 'platform_admin'])
export type Role = z.infer<typeof Role>

const everyone: readonly Role[] = ['tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor']
const staff: readonly Role[] = ['tenant_owner', 'engineer', 'privacy_officer']
const readers: readonly Role[] = [...staff, 'auditor']

/** One table from action to roles. An action that is not here is refused. A data owner sees only requests they raised. */
const allowed = {
  'tenant:read': everyone,
  'dataset:read': readers,
  'dataset:write': ['tenant_owner', 'engineer'],
  'model:read': readers,
  'model:write': ['tenant_owner', 'engineer'],
  'model:embed': everyone,
  // Weights and training state: what was learned, to take away.
  'model:download': ['tenant_owner', 'engineer'],
  'erasure:read': everyone,
  'erasure:request': ['tenant_owner', 'privacy_officer', 'data_owner'],
  'erasure:verify': ['privacy_officer'],
  'erasure:plan': ['tenant_owner', 'privacy_officer'],
  'erasure:approve': ['tenant_owner', 'privacy_officer'],
  'erasure:reject': ['privacy_officer'],
  'erasure:withdraw': ['tenant_owner', 'privacy_officer', 'data_owner'],
  // What a device hour costs, for the estimates of plans.
  'price:write': ['tenant_owner'],
  // Of the tenant as a whole, so not an auditor's business.
  'cost:read': staff,
  'erasure:retry': ['tenant_owner', 'privacy_officer'],
  'run:read': readers,
  'run:cancel': ['tenant_owner', 'engineer'],
  'audit:read': everyone,
  'audit:countersign': ['tenant_owner', 'privacy_officer', 'data_owner'],
  'evidence:read': readers,
  // Of requests that one may see; a data owner takes the proof of theirs home.
  'bundle:request': everyone,
  // Secrets that tell whom evidence is about; destroying them is for the officer alone.
  'subject:open': ['privacy_officer', 'data_owner'],
  'subject:shred': ['privacy_officer'],
  // What an external auditor says stays theirs to say.
  'review:write': ['auditor'],
  'member:read': staff,
  // Owners and platform admins; the only two who decide who belongs to a tenant.
  'member:write': ['tenant_owner'],
  // Whoever signs a tenant's people in could be any of them.
  'sso:read': ['tenant_owner'],
  'sso:write': ['tenant_owner'],
  'key:read': staff,
  'key:write': staff,
  'auditor:read': [...staff, 'auditor'],
  'auditor:grant': ['tenant_owner', 'privacy_officer'],
  'sla:read': readers,
  // Pauses, extensions and rules move what the law asks for by when.
  'clock:write': ['tenant_owner', 'privacy_officer'],
  'webhook:read': ['tenant_owner', 'engineer'],
  'webhook:write': ['tenant_owner', 'engineer'],
  'platform:read': ['platform_admin'],
  'platform:write': ['platform_admin'],
  'tenant:write': ['platform_admin'],
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof allowed

export const mayDo = (role: Role, action: Action): boolean => (allowed[action] as readonly Role[]).includes(role)

/**
 * What a person does and no program for them: deciding who belongs to a tenant and who may look, giving out keys, approving
 * (two people, not two keys), destroying, and an auditor's word.
 */
const personal = [
  'member:write',
  'sso:write',
  'key:write',
  'auditor:grant',
  'erasure:approve',
  'subject:shred',
  'review:write',
  'platform:read',
  'platform:write',
  'tenant:write',
] as const satisfies readonly Action[]

/** Whether an API key may do an action, if its role may. */
export const isForKeys = (action: Action): boolean => !(personal as readonly Action[]).includes(action)

/** Whether whoever has `role` has every right of `other`. */
export const hasRightsOf = (role: Role, other: Role): boolean =>
  (Object.keys(allowed) as Action[]).every((action) => !mayDo(other, action) || mayDo(role, action))

/** Every action that a role may do, in the table's order. */
export const actionsOf = (role: Role): Action[] =>
  (Object.keys(allowed) as Action[]).filter((action) => mayDo(role, action))
