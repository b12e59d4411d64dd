import { Resolver, Root, Subscription } from 'type-graphql'
import type { Context } from '../../context.js'
import { Requires } from '../../graphql/requires.js'
import { Change } from '../run/run.types.js'
import { followTenant } from './follow-tenant.js'

@Resolver()
export class TenantSubscriptions {
  @Requires('tenant:read')
  @Subscription(() => Change, {
    description: 'Ids of what changed in the tenant, as it changes.',
    subscribe: ({ context }: { context: Context }) => followTenant(context.scope()),
  })
  tenantChanged(@Root() change: Change): Change {
    return change
  }
}
