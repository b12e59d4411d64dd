import type { Tx } from './database.js'

/** A row of `log_node`: what a full subtree of 256^level leaves hashes to. */
interface LogNodeRow {
  readonly level: number
  readonly index: number
  readonly hash: Uint8Array
}

/** `count` hashes side by side from number `first` on; level 0 are the leaf hashes of `evidence` (leaf i is seq i + 1). */
interface HashRun {
  readonly level: number
  readonly first: number
  readonly count: number
}

/** In the transaction that stores the checkpoint over them. */
export async function storeLogNodes(tx: Tx, tenantId: string, nodes: readonly LogNodeRow[]): Promise<void> {
  if (nodes.length === 0) return
  await tx.logNode.createMany({
    data: nodes.map(({ level, index, hash }) => ({
      tenantId,
      level,
      index: BigInt(index),
      hash: new Uint8Array(hash),
    })),
  })
}

/**
 * Reads hashes of a tenant's tree for proofs: each run as one block of `count` × 32 bytes, all in one query. Where rows are
 * missing the block is shorter, which whoever makes the proof must notice.
 */
export const logNodesOf =
  (tx: Tx, tenantId: string) =>
  async (runs: readonly HashRun[]): Promise<Uint8Array[]> => {
    const rows = await tx.$queryRaw<{ block: Uint8Array | null }[]>`
      SELECT CASE WHEN run.level = 0 THEN (
          SELECT string_agg(e.leaf_hash, ''::bytea ORDER BY e.seq) FROM evidence e
          WHERE e.tenant_id = ${tenantId}::uuid AND e.seq > run.first AND e.seq <= run.first + run.count)
        ELSE (
          SELECT string_agg(n.hash, ''::bytea ORDER BY n."index") FROM log_node n
          WHERE n.tenant_id = ${tenantId}::uuid AND n.level = run.level
            AND n."index" >= run.first AND n."index" < run.first + run.count)
        END AS block
      FROM unnest(${runs.map(({ level }) => level)}::int[], ${runs.map(({ first }) => first)}::bigint[],
                  ${runs.map(({ count }) => count)}::int[]) WITH ORDINALITY AS run(level, first, count, at)
      ORDER BY run.at`
    return rows.map(({ block }) => block ?? new Uint8Array(0))
  }
