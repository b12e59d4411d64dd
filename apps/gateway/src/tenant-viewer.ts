import type { TenantId } from '@lethe/domain'
import type { SignedIn } from './identity/verify-token.js'

/** Somebody who is signed in as a member of a tenant. */
export type TenantViewer = SignedIn & { readonly tenantId: TenantId }
