import { actionsOf } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import type { SignedIn } from '../../tenant-viewer.js'
import { Tenant, Viewer } from './viewer.types.js'

export const shapeViewer = ({ userId, email, name, role }: SignedIn): Viewer =>
  shape(Viewer, { id: userId, email, name, role, actions: actionsOf(role) })

export async function readTenant({ db }: Scope): Promise<Tenant | null> {
  const row = await db.tenant.findFirst()
  if (row === null) return null
  const { id, name, slug, timeZone, createdAt } = row
  return shape(Tenant, { id, name, slug, timeZone, createdAt })
}
