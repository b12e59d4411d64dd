import { announce, appendEvidence, type Tx } from '@lethe/db'
import type { EvidenceEntry } from '@lethe/domain'
import { statementOf } from '@lethe/ledger'

/** Puts entries on record in the transaction of what they are about. */
export async function recordEvidence(
  tx: Tx,
  input: { tenantId: string; entries: readonly EvidenceEntry[]; now: Date },
): Promise<void> {
  const { tenantId, entries, now } = input
  for (const entry of entries) {
    const body = statementOf(entry, { tenantId, recordedAt: now })
    const { seq } = await appendEvidence(tx, tenantId, { kind: entry.kind, requestId: entry.erasureRequestId, body })
    await announce(tx, { tenantId, aggregate: 'evidence', id: String(seq), now })
  }
}
