import type { MembershipChange, Tx } from '@lethe/db'

/** Who gave a person the role that they had at an instant, of their changes newest first; null where nobody of the tenant. */
export const appointedBy = (changes: readonly Pick<MembershipChange, 'at' | 'actorId'>[], at: Date): string | null =>
  changes.find((change) => change.at <= at)?.actorId ?? null

/**
 * Whether an approver has their role from the very person who raised the request. Nothing is refused for it, since small
 * tenants have one owner who appoints everybody; it is shown and goes on record, so that four eyes can be judged.
 */
export async function isAppointedBy(
  tx: Pick<Tx, 'membershipChange'>,
  { userId, requesterId, at }: { userId: string; requesterId: string; at: Date },
): Promise<boolean> {
  const changes = await tx.membershipChange.findMany({
    where: { userId },
    orderBy: { number: 'desc' },
    select: { at: true, actorId: true },
  })
  return appointedBy(changes, at) === requesterId
}
