import { actionsOfViewer } from '../../access/may.js'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import type { SignedIn } from '../../tenant-viewer.js'
import { Tenant, Viewer } from './viewer.types.js'

export const shapeViewer = (viewer: SignedIn): Viewer => {
  const { userId: id, email, name, role, cases } = viewer
  return shape(Viewer, { id, email, name, role, casesUntil: cases?.until ?? null, actions: actionsOfViewer(viewer) })
}

export async function readTenant({ db }: Scope): Promise<Tenant | null> {
  const row = await db.tenant.findFirst()
  if (row === null) return null
  const { id, name, slug, timeZone, createdAt, suspendedAt, suspendedReason } = row
  return shape(Tenant, { id, name, slug, timeZone, createdAt, suspendedAt, suspendedReason })
}

/** Of the data owner who asks. */
export async function readSubjectKey({ db, viewer }: Scope): Promise<string | null> {
  const row = await db.dataOwner.findFirst({ where: { userId: viewer.userId }, select: { subjectKey: true } })
  return row?.subjectKey ?? null
}
