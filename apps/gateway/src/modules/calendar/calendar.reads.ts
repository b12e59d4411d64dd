import { readContractTerms } from '@lethe/db'
import { nextListAccess, ruleFor, statutes, type StatuteRule } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { shape } from '../../graphql/node.js'
import { ListAccess, Statute, TenantCalendar } from './calendar.types.js'

const shapeStatute = ({ id, workingHours, ...rule }: StatuteRule): Statute =>
  shape(Statute, { statuteId: id, ...rule, workingHours: { ...workingHours } })

function shapeListAccess(fetchedAt: Date, timeZone: string, now: Date): ListAccess {
  const nextDueAt = new Date(nextListAccess(fetchedAt.toISOString(), timeZone))
  return shape(ListAccess, { fetchedAt, nextDueAt, isLate: now > nextDueAt })
}

/** Null where the list was never fetched. */
export async function readListAccess({ db, tenantId, now }: Scope): Promise<ListAccess | null> {
  const fetched = await db.listAccess.findFirst({ where: { tenantId }, orderBy: { at: 'desc' } })
  if (fetched === null) return null
  const { timeZone } = await db.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { timeZone: true } })
  return shapeListAccess(fetched.at, timeZone, now())
}

/** By what clocks count that start now, and what else they might. */
export async function readTenantCalendar(scope: Scope): Promise<TenantCalendar> {
  const { db, tenantId } = scope
  const { timeZone, holidays, statuteId } = await db.tenant.findUniqueOrThrow({ where: { id: tenantId } })
  const terms = await readContractTerms(db, tenantId)
  const agreed = terms === null ? [] : [ruleFor('contract', terms.version, terms)]
  return shape(TenantCalendar, {
    id: `calendar:${tenantId}`,
    timeZone,
    holidays,
    statuteId,
    statutes: [...Object.values(statutes), ...agreed].map(shapeStatute),
    listAccess: await readListAccess(scope),
  })
}
