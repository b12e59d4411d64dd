import { readLeafHashes, type TenantClient } from '@lethe/db'
import { MerkleTree } from '@lethe/ledger'

/** Leaves read at a time: 32 bytes each. */
const batch = 10_000

/**
 * Trees of the tenants whose evidence was asked for lately, grown from the rows when needed. A tree is a copy: what it
 * proves is checked by whoever receives the proof against a signed checkpoint.
 */
export class EvidenceTrees {
  readonly #trees = new Map<string, Promise<MerkleTree>>()

  constructor(private readonly maxTenants = 32) {}

  /** The tree of the tenant with at least `size` leaves; fewer when the tenant has fewer. */
  async of(db: TenantClient, tenantId: string, size: number): Promise<MerkleTree> {
    // One after the other, so that no leaf is appended twice.
    const grown = (this.#trees.get(tenantId) ?? Promise.resolve(new MerkleTree())).then((tree) =>
      grow(db, tenantId, tree, size),
    )
    this.#trees.delete(tenantId)
    this.#trees.set(
      tenantId,
      grown.catch(() => new MerkleTree()),
    )
    const oldest = this.#trees.keys().next().value
    if (this.#trees.size > this.maxTenants && oldest !== undefined) this.#trees.delete(oldest)
    return grown
  }
}

async function grow(db: TenantClient, tenantId: string, tree: MerkleTree, size: number): Promise<MerkleTree> {
  while (tree.size < size) {
    const rows = await readLeafHashes(db, { tenantId, after: BigInt(tree.size), upTo: BigInt(size), limit: batch })
    if (rows.length === 0) break
    for (const { leafHash } of rows) tree.append(leafHash)
  }
  return tree
}
