import { type Evidence as EvidenceRow, type LogCheckpoint as CheckpointRow, logNodesOf } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import { readConsistencyProof, readInclusionProof } from '@lethe/ledger'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { shape } from '../../graphql/node.js'
import { connectionOf, isWholeNumber, type Page } from '../../graphql/page.js'
import { type EvidenceFilter, whereEvidence } from './evidence-filter.js'
import { visibleEvidence } from './visible-evidence.js'
import { EvidenceEntry, EvidenceLog, InclusionProof, LogCheckpoint } from './evidence.types.js'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

export const shapeEvidence = (row: EvidenceRow): EvidenceEntry =>
  shape(EvidenceEntry, {
    seq: Number(row.seq),
    kind: row.kind,
    erasureRequestId: row.requestId,
    body: row.body,
    leafHash: base64(row.leafHash),
    createdAt: row.createdAt,
  })

const shapeCheckpoint = (row: CheckpointRow): LogCheckpoint =>
  shape(LogCheckpoint, {
    size: Number(row.size),
    root: base64(row.root),
    note: row.note,
    keyId: row.keyId,
    createdAt: row.createdAt,
  })

export async function listEvidence(
  scope: Scope,
  page: Page,
  filter: EvidenceFilter,
): Promise<Connection<EvidenceEntry>> {
  const { db } = scope
  const where = await whereEvidence(scope, filter)
  return connectionOf(page, {
    rows: (take, key) =>
      db.evidence.findMany({
        where: { AND: [where, key === null ? {} : { seq: { lt: BigInt(key) } }] },
        orderBy: { seq: 'desc' },
        take,
      }),
    count: () => db.evidence.count({ where }),
    keyOf: (row) => String(row.seq),
    isKey: isWholeNumber,
    node: shapeEvidence,
  })
}

export async function findEvidence(scope: Scope, seq: number): Promise<EvidenceEntry | null> {
  const row =
    seq < 1
      ? null
      : await scope.db.evidence.findFirst({ where: { AND: [{ seq: BigInt(seq) }, await visibleEvidence(scope)] } })
  return row && shapeEvidence(row)
}

export async function latestCheckpoint({ loaders }: Scope): Promise<LogCheckpoint | null> {
  const row = await loaders.newestCheckpoint.load('newest')
  return row && shapeCheckpoint(row)
}

export const listCheckpoints = ({ db }: Scope, page: Page): Promise<Connection<LogCheckpoint>> =>
  connectionOf(page, {
    rows: (take, key) =>
      db.logCheckpoint.findMany({
        where: key === null ? {} : { size: { lt: BigInt(key) } },
        orderBy: { size: 'desc' },
        take,
      }),
    count: () => db.logCheckpoint.count(),
    keyOf: (row) => String(row.size),
    isKey: isWholeNumber,
    node: shapeCheckpoint,
  })

export async function readLog(scope: Scope): Promise<EvidenceLog> {
  const [newest, size] = await Promise.all([latestCheckpoint(scope), scope.db.evidence.count()])
  const identity = scope.services.logIdentity.of(scope.tenantId, newest?.note ?? null)
  return shape(EvidenceLog, { ...identity, size })
}

async function publishedCheckpoint({ db }: Scope, size: number, field: string): Promise<LogCheckpoint> {
  const row = size < 1 ? null : await db.logCheckpoint.findFirst({ where: { size: BigInt(size) } })
  if (row) return shapeCheckpoint(row)
  throw new DomainError('CHECKPOINT_UNKNOWN', 'No checkpoint of this size was published; take one of the list.', field)
}

/** Null while no checkpoint covers the entry. */
export async function proveInclusion(
  scope: Scope,
  seq: number,
  treeSize: number | null | undefined,
): Promise<InclusionProof | null> {
  const checkpoint =
    treeSize == null ? await latestCheckpoint(scope) : await publishedCheckpoint(scope, treeSize, 'treeSize')
  if (checkpoint === null || checkpoint.size < seq) return null
  const hashes = await inclusionPath(scope, seq, checkpoint.size)
  return shape(InclusionProof, { leafIndex: seq - 1, treeSize: checkpoint.size, hashes, checkpoint })
}

/** Base64 hashes from the leaf of the entry to the root of the tree of this size; `seq` ≤ `treeSize`. */
export async function inclusionPath(scope: Scope, seq: number, treeSize: number): Promise<string[]> {
  return (await readInclusionProof(seq - 1, treeSize, logNodesOf(scope.db, scope.tenantId))).map(base64)
}

export async function proveConsistency(scope: Scope, first: number, second: number): Promise<string[]> {
  if (first > second) throw new DomainError('CHECKPOINT_ORDER', 'Give the smaller size first.', 'first')
  await Promise.all([publishedCheckpoint(scope, first, 'first'), publishedCheckpoint(scope, second, 'second')])
  return (await readConsistencyProof(first, second, logNodesOf(scope.db, scope.tenantId))).map(base64)
}
