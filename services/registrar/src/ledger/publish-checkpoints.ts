import { logNodesOf, type LogCheckpoint, type TenantClient } from '@lethe/db'
import { isDomainError } from '@lethe/domain'
import { emptyRoot, encodeLogGrowth, readConsistencyProof, verifyConsistency } from '@lethe/ledger'
import type { CheckpointPublisher } from './checkpoint-publisher.js'

/** How far back a start looks for checkpoints that were never published, such as all when a folder is named later. */
const lookBack = 100_000

/**
 * Publishes what a crash or a full disk left behind, oldest first, each with the proof that it contains the one before.
 *
 * @throws Error when the database no longer holds what it signed: then nothing more is published
 */
export async function publishCheckpoints(
  client: TenantClient,
  publisher: CheckpointPublisher,
  tenantId: string,
): Promise<void> {
  const unpublished = await findUnpublished(client, publisher, tenantId)
  for (const { checkpoint, previous } of unpublished.reverse()) {
    const growth = await proveGrowth(client, checkpoint, previous)
    await publisher.publish(tenantId, { size: checkpoint.size, note: checkpoint.note, growth })
  }
}

/** Newest first, each with the one before it. */
async function findUnpublished(client: TenantClient, publisher: CheckpointPublisher, tenantId: string) {
  const found: { checkpoint: LogCheckpoint; previous: LogCheckpoint | null }[] = []
  const before = (size: bigint | null) =>
    client.logCheckpoint.findFirst({
      where: { tenantId, ...(size === null ? {} : { size: { lt: size } }) },
      orderBy: { size: 'desc' },
    })
  let checkpoint = await before(null)
  while (checkpoint !== null && found.length < lookBack && !(await publisher.isPublished(tenantId, checkpoint))) {
    const previous = await before(checkpoint.size)
    found.push({ checkpoint, previous })
    checkpoint = previous
  }
  return found
}

async function proveGrowth(
  client: TenantClient,
  checkpoint: LogCheckpoint,
  previous: LogCheckpoint | null,
): Promise<string> {
  const first = Number(previous?.size ?? 0n)
  const second = Number(checkpoint.size)
  try {
    const path = await readConsistencyProof(first, second, logNodesOf(client, checkpoint.tenantId))
    verifyConsistency({ first, second, firstRoot: previous?.root ?? emptyRoot(), path }, checkpoint.root)
    return encodeLogGrowth({ oldSize: first, path, note: checkpoint.note })
  } catch (error) {
    if (!isDomainError(error)) throw error
    throw new Error(
      `The log of tenant ${checkpoint.tenantId} no longer holds what was signed between ${first} and ${second} entries; run "lethe ledger fsck".`,
      { cause: error },
    )
  }
}
