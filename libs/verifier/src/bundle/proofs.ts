import { z } from 'zod'
import { bytesFromHex } from '../encoding/hex.js'
import { parseCanonicalJson } from '../encoding/canonical-json.js'

const Hash = z.string().regex(/^[0-9a-f]{64}$/)

const Proofs = z.strictObject({
  treeSize: z.int().min(0),
  root: Hash,
  entries: z.array(
    z.strictObject({
      seq: z.int().min(1),
      leafHash: Hash,
      /** From the leaf upwards; no tree is higher. */
      path: z.array(Hash).max(64),
    }),
  ),
})

/** log/proofs.json: inclusion proofs of statements in the tree of the checkpoint. */
export interface Proofs {
  readonly treeSize: number
  readonly root: Uint8Array
  readonly entries: readonly {
    readonly seq: number
    readonly leafHash: Uint8Array
    readonly path: readonly Uint8Array[]
  }[]
}

export function parseProofs(bytes: Uint8Array | undefined): Proofs | null {
  const parsed = Proofs.safeParse(bytes && parseCanonicalJson(bytes))
  if (!parsed.success) return null
  const { treeSize, root, entries } = parsed.data
  return {
    treeSize,
    root: hash(root),
    entries: entries.map(({ seq, leafHash, path }) => ({ seq, leafHash: hash(leafHash), path: path.map(hash) })),
  }
}

/** The schema has seen that it is hex. */
const hash = (text: string): Uint8Array => bytesFromHex(text) ?? new Uint8Array()
