import { recordEntries, type Tx } from '@lethe/db'
import type { EvidenceEntry } from '@lethe/domain'
import { statementOf } from '@lethe/ledger'

/** Puts entries on record in the transaction of what they are about. Gives their sequence numbers. */
export const recordEvidence = (
  tx: Tx,
  input: { tenantId: string; entries: readonly EvidenceEntry[]; now: Date },
): Promise<bigint[]> => recordEntries(tx, input, statementOf)
