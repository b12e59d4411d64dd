import { type ErasureState, isFinal } from '@lethe/domain'
import type { Tx } from '../database.js'
import type { PlanItem } from '../generated/client.js'

/** The items that have the same candidate as this one, of other requests of its batch too: itself first. */
export async function jointItems(tx: Tx, item: PlanItem): Promise<[PlanItem, ...PlanItem[]]> {
  const { tenantId, id, resultVersionId } = item
  if (resultVersionId === null) return [item]
  const others = await tx.planItem.findMany({
    where: { tenantId, resultVersionId, id: { not: id } },
    orderBy: { requestId: 'asc' },
  })
  return [item, ...others]
}

/** Those of them whose requests are not closed. */
export async function openItems(tx: Tx, items: readonly PlanItem[]): Promise<PlanItem[]> {
  const [first] = items
  if (first === undefined) return []
  const requests = await tx.erasureRequest.findMany({
    where: { tenantId: first.tenantId, id: { in: items.map(({ requestId }) => requestId) } },
    select: { id: true, state: true },
  })
  const open = new Set(requests.filter(({ state }) => !isFinal(state as ErasureState)).map(({ id }) => id))
  return items.filter(({ requestId }) => open.has(requestId))
}
