import type { EvidenceEntry } from '@lethe/domain'
import type { Tx } from './database.js'
import { appendEvidenceBatch, type NewEvidence, requestEntryNumbers } from './evidence.js'
import { announceEach } from './outbox.js'

/** Writes the canonical statement of an entry (`statementOf` of @lethe/ledger). */
export type WriteStatement = (
  entry: EvidenceEntry,
  recorded: { tenantId: string; recordedAt: Date; requestEntry: number | undefined },
) => string

/**
 * Puts entries on record in the transaction of what they are about, in one statement, and announces them. Gives their
 * sequence numbers in the order of the entries. From here to the commit other appenders of the tenant wait, so call it last.
 */
export async function recordEntries(
  tx: Tx,
  { tenantId, entries, now }: { tenantId: string; entries: readonly EvidenceEntry[]; now: Date },
  writeStatement: WriteStatement,
): Promise<bigint[]> {
  const numberOf = requestEntryNumbers(tx, tenantId)
  const rows: NewEvidence[] = []
  for (const entry of entries) {
    const requestId = entry.erasureRequestId
    const requestEntry = requestId === undefined ? undefined : await numberOf(requestId)
    rows.push({ kind: entry.kind, requestId, body: writeStatement(entry, { tenantId, recordedAt: now, requestEntry }) })
  }
  const numbers = (await appendEvidenceBatch(tx, tenantId, rows)).map(({ seq }) => seq)
  await announceEach(tx, { tenantId, aggregate: 'evidence', ids: numbers.map(String), now })
  return numbers
}
