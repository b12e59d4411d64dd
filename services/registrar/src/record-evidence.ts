import { announce, appendEvidence, requestEntryNumbers, type Tx } from '@lethe/db'
import type { EvidenceEntry } from '@lethe/domain'
import { statementOf } from '@lethe/ledger'

/** Puts entries on record in the transaction of what they are about. Gives their sequence numbers. */
export async function recordEvidence(
  tx: Tx,
  input: { tenantId: string; entries: readonly EvidenceEntry[]; now: Date },
): Promise<bigint[]> {
  const { tenantId, entries, now } = input
  const numbers: bigint[] = []
  const numberOf = requestEntryNumbers(tx, tenantId)
  for (const entry of entries) {
    const requestEntry = entry.erasureRequestId === undefined ? undefined : await numberOf(entry.erasureRequestId)
    const body = statementOf(entry, { tenantId, recordedAt: now, requestEntry })
    const { seq } = await appendEvidence(tx, tenantId, { kind: entry.kind, requestId: entry.erasureRequestId, body })
    await announce(tx, { tenantId, aggregate: 'evidence', id: String(seq), now })
    numbers.push(seq)
  }
  return numbers
}
