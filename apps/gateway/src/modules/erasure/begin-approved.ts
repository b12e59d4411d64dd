import { beginErasing, beginUnlearning, findUncovered, nameUncovered, type Tx } from '@lethe/db'
import { DomainError, type EvidenceEntry, nameThings } from '@lethe/domain'

/** Sets an approved request going by itself. @throws DomainError PLAN_STALE naming what its plan lacks */
export async function beginApproved(
  tx: Tx,
  input: { tenantId: string; requestId: string; requestedBy: string; now: Date },
): Promise<EvidenceEntry[]> {
  await assertNothingUncovered(tx, input)
  const begun = await beginUnlearning(tx, input)
  if (begun.runIds.length > 0) return begun.evidence
  const erasing = await beginErasing(tx, input)
  return [...begun.evidence, ...erasing.evidence]
}

/** What has come to derive from the samples since the plan was drawn up would go on remembering. */
export async function assertNothingUncovered(tx: Tx, input: { tenantId: string; requestId: string }): Promise<void> {
  const uncovered = await findUncovered(tx, input)
  const unplanned = uncovered.filter(({ isPlanned }) => !isPlanned)
  if (unplanned.length === 0) return
  throw new DomainError(
    'PLAN_STALE',
    `Missing from the plan: ${nameThings(nameUncovered(unplanned))}. Plan anew.`,
    'input.erasureRequestId',
  )
}
