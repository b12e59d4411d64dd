import type { EvidenceKind } from '@lethe/domain'
import type { Tx } from './database.js'
import { lockName } from './stores/lock.js'

export interface NewEvidence {
  readonly kind: EvidenceKind
  readonly requestId?: string | undefined
  /** Canonical statement (statementOf of @lethe/ledger): the exact characters that are hashed. */
  readonly body: string
}

export interface AppendedEvidence {
  readonly seq: bigint
  readonly leafHash: Uint8Array
  readonly hash: Uint8Array
  readonly createdAt: Date
}

/**
 * Appends evidence in the transaction of what it is about: both commit or neither does. The database assigns the
 * sequence number and hashes, one appender of a tenant at a time until commit, so append last and commit soon.
 */
export async function appendEvidence(tx: Tx, tenantId: string, entry: NewEvidence): Promise<AppendedEvidence> {
  const rows = await tx.$queryRaw<EvidenceRow[]>`
    INSERT INTO evidence (tenant_id, kind, request_id, body)
    VALUES (${tenantId}::uuid, ${entry.kind}, ${entry.requestId ?? null}::uuid, ${entry.body})
    RETURNING seq, leaf_hash, hash, created_at`
  const row = rows[0]
  if (!row) throw new Error('The evidence row came back empty.')
  return appended(row)
}

interface EvidenceRow {
  readonly seq: bigint
  readonly leaf_hash: Uint8Array
  readonly hash: Uint8Array
  readonly created_at: Date
}

const appended = (row: EvidenceRow): AppendedEvidence => ({
  seq: row.seq,
  leafHash: row.leaf_hash,
  hash: row.hash,
  createdAt: row.created_at,
})

/**
 * The same for many entries in one statement, in their order. Statements that name their number within a request need that
 * first ({@link requestEntryNumbers}).
 */
export async function appendEvidenceBatch(
  tx: Tx,
  tenantId: string,
  entries: readonly NewEvidence[],
): Promise<AppendedEvidence[]> {
  if (entries.length === 0) return []
  const rows = await tx.$queryRaw<EvidenceRow[]>`
    INSERT INTO evidence (tenant_id, kind, request_id, body)
    SELECT ${tenantId}::uuid, kind, request_id, body
    FROM unnest(${entries.map(({ kind }) => kind)}::text[],
                ${entries.map(({ requestId }) => requestId ?? null)}::uuid[],
                ${entries.map(({ body }) => body)}::text[]) WITH ORDINALITY AS entry(kind, request_id, body, at)
    ORDER BY at
    RETURNING seq, leaf_hash, hash, created_at`
  return rows.map(appended)
}

/**
 * Numbers for the next entries of erasure requests, from 1 without a gap: `number(requestId)` gives one after another.
 * The tenant's evidence is held from the first number until the transaction ends, so append at once.
 */
export function requestEntryNumbers(tx: Tx, tenantId: string): (requestId: string) => Promise<number> {
  const last = new Map<string, number>()
  return async (requestId) => {
    // The name by which the trigger locks too.
    if (last.size === 0) await lockName(tx, `evidence:${tenantId}`)
    const count = last.get(requestId) ?? (await tx.evidence.count({ where: { tenantId, requestId } }))
    last.set(requestId, count + 1)
    return count + 1
  }
}

/** Leaf hashes of a tenant's evidence with `after` < seq ≤ `upTo`, in order: leaf i of the tree is seq i + 1. */
export async function readLeafHashes(
  tx: Tx,
  range: { tenantId: string; after: bigint; upTo?: bigint; limit?: number },
): Promise<{ seq: bigint; leafHash: Uint8Array }[]> {
  return tx.evidence.findMany({
    where: {
      tenantId: range.tenantId,
      seq: { gt: range.after, ...(range.upTo === undefined ? {} : { lte: range.upTo }) },
    },
    orderBy: { seq: 'asc' },
    select: { seq: true, leafHash: true },
    ...(range.limit === undefined ? {} : { take: range.limit }),
  })
}
