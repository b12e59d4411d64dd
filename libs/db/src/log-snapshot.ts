import type { TenantClient, Tx } from './database.js'

/** Rows read at a time. */
const page = 1000
/** A log is read whole, which takes as long as it takes. */
const timeoutMs = 24 * 60 * 60 * 1000

/** A tenant's log as it is at one moment, page by page in order; numbers below 2^53. */
type LogSnapshot = ReturnType<typeof snapshotOf>

/** Reads a tenant's whole log from one snapshot, whatever is appended meanwhile. */
export const readLogSnapshot = <T>(
  db: TenantClient,
  tenantId: string,
  work: (log: LogSnapshot) => Promise<T>,
): Promise<T> =>
  db.$transaction((tx) => work(snapshotOf(tx, tenantId)), { isolationLevel: 'RepeatableRead', timeout: timeoutMs })

const snapshotOf = (tx: Tx, tenantId: string) => ({
  entries: () =>
    pages(async (after) => {
      const rows = await tx.evidence.findMany({
        where: { tenantId, seq: { gt: after } },
        orderBy: { seq: 'asc' },
        take: page,
        select: { seq: true, kind: true, body: true, leafHash: true, prevHash: true, hash: true },
      })
      return { rows: rows.map((row) => ({ ...row, seq: Number(row.seq) })), last: rows.at(-1)?.seq }
    }),
  checkpoints: () =>
    pages(async (after) => {
      const rows = await tx.logCheckpoint.findMany({
        where: { tenantId, size: { gt: after } },
        orderBy: { size: 'asc' },
        take: page,
      })
      return { rows: rows.map((row) => ({ ...row, size: Number(row.size) })), last: rows.at(-1)?.size }
    }),
  nodes: (level: number) =>
    pages(async (after) => {
      const rows = await tx.logNode.findMany({
        where: { tenantId, level, index: { gt: after } },
        orderBy: { index: 'asc' },
        take: page,
      })
      return { rows: rows.map((row) => ({ ...row, index: Number(row.index) })), last: rows.at(-1)?.index }
    }, -1n),
})

async function* pages<Row>(
  read: (after: bigint) => Promise<{ rows: Row[]; last: bigint | undefined }>,
  before = 0n,
): AsyncGenerator<Row[]> {
  for (let after = before; ;) {
    const { rows, last } = await read(after)
    if (last === undefined) return
    yield rows
    if (rows.length < page) return
    after = last
  }
}
