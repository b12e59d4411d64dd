import { announce, lockName, readLeafHashes, storeLogNodes, toJson, type Tx } from '@lethe/db'
import {
  emptyFrontier,
  frontierFromRow,
  frontierToRow,
  integrate,
  type LogSigner,
  type LogVerifier,
} from '@lethe/ledger'
import { recordRotation } from './record-rotation.js'

const maxLeaves = 10_000

export interface NewCheckpoint {
  readonly size: bigint
  readonly note: string
}

/**
 * Takes pending evidence of a tenant into its tree, in order, and stores the signed head with the frontier that the next
 * integration goes on from and the nodes that proofs are made of. One integration of a tenant at a time, in whatever process, so no two heads of one size can
 * be signed. After a change of key the change itself is on record first. Publish after the transaction has committed.
 *
 * @returns null when nothing was pending
 */
export async function integratePending(
  tx: Tx,
  input: { tenantId: string; signer: LogSigner; previousKeys?: readonly LogVerifier[]; now: Date },
): Promise<NewCheckpoint | null> {
  const { tenantId, signer, previousKeys = [], now } = input
  await lockName(tx, `ledger:${tenantId}`)
  const last = await readLatestCheckpoint(tx, tenantId)
  await recordRotation(tx, { tenantId, newest: last, signer, previousKeys, now })
  const frontier = last ? frontierFromRow(last.frontier) : emptyFrontier
  const leaves = await readLeafHashes(tx, { tenantId, after: BigInt(frontier.size), limit: maxLeaves })
  if (leaves.length === 0) return null
  for (const [i, { seq }] of leaves.entries())
    if (seq !== BigInt(frontier.size + i + 1))
      throw new Error(`Evidence ${frontier.size + i + 1} of tenant ${tenantId} is missing; nothing is signed.`)
  const grown = integrate(
    frontier,
    leaves.map(({ leafHash }) => leafHash),
    signer,
  )
  const size = BigInt(grown.frontier.size)
  await tx.logCheckpoint.create({
    data: {
      tenantId,
      size,
      root: new Uint8Array(grown.root),
      note: grown.checkpoint,
      keyId: signer.id,
      frontier: toJson(frontierToRow(grown.frontier)),
      createdAt: now,
    },
  })
  await storeLogNodes(tx, tenantId, grown.nodes)
  await announce(tx, { tenantId, aggregate: 'evidence', id: `checkpoint-${size}`, now })
  return { size, note: grown.checkpoint }
}

const readLatestCheckpoint = (tx: Tx, tenantId: string) =>
  tx.logCheckpoint.findFirst({ where: { tenantId }, orderBy: { size: 'desc' } })
