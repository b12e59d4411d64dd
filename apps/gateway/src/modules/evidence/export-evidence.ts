import type { Evidence as EvidenceRow, Prisma } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import { canonicalJson } from '@lethe/ledger'
import type { Scope } from '../../context.js'
import { assertStillAllowed } from '../export/assert-still-allowed.js'
import { type EvidenceFilter, whereEvidence } from './evidence-filter.js'
import { inclusionPath, latestCheckpoint } from './evidence.reads.js'

/** Rows held in memory at a time. */
const batch = 500

/**
 * Evidence as JSON Lines. The first line is the manifest: which log, which signed checkpoint, which filter, how many
 * entries follow. Nothing else is signed, because nothing else needs to be: without a filter the bodies that follow are
 * all leaves of the tree and give the root that the checkpoint signs; with one, every entry carries its own path to
 * that root. Entries that no checkpoint covers yet are left out.
 *
 * @throws DomainError NOTHING_PUBLISHED before the first checkpoint, and what the filter is refused for; before the
 *   first line is given
 */
export async function exportEvidence(scope: Scope, filter: EvidenceFilter): Promise<AsyncIterable<string>> {
  const where = await whereEvidence(scope, filter)
  const checkpoint = await latestCheckpoint(scope)
  if (checkpoint === null)
    throw new DomainError('NOTHING_PUBLISHED', 'No evidence is under a signed checkpoint yet; try again in a moment.')
  const treeSize = checkpoint.size
  const covered = { AND: [where, { seq: { lte: BigInt(treeSize) } }] }
  const entries = await scope.db.evidence.count({ where: covered })
  const chosen = Object.entries(filter).filter(([, value]) => value != null)
  const manifest = {
    format: 'lethe-evidence-export/v1',
    origin: scope.services.logIdentity.of(scope.tenantId, checkpoint.note).origin,
    treeSize,
    checkpoint: checkpoint.note,
    filter: Object.fromEntries(
      chosen.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
    ),
    entries,
  }
  // Whoever is given a part of the log is given each entry's path: the bodies alone do not make the root.
  const isWhole = chosen.length === 0 && (await scope.reach()) === null
  return lines(scope, { manifest, covered, treeSize: isWhole ? null : treeSize })
}

async function* lines(
  scope: Scope,
  { manifest, covered, treeSize }: { manifest: object; covered: Prisma.EvidenceWhereInput; treeSize: number | null },
): AsyncGenerator<string> {
  yield `${canonicalJson({ ...manifest })}\n`
  let after = 0n
  for (;;) {
    const rows = await scope.db.evidence.findMany({
      where: { AND: [covered, { seq: { gt: after } }] },
      orderBy: { seq: 'asc' },
      take: batch,
    })
    for (const row of rows) yield await line(scope, row, treeSize)
    await assertStillAllowed(scope)
    const last = rows.at(-1)
    if (last === undefined || rows.length < batch) return
    after = last.seq
  }
}

async function line(scope: Scope, row: EvidenceRow, treeSize: number | null): Promise<string> {
  const seq = Number(row.seq)
  const path = treeSize === null ? undefined : await inclusionPath(scope, seq, treeSize)
  return `${canonicalJson({ seq, kind: row.kind, body: row.body, path })}\n`
}
