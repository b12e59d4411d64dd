import type { Database } from './database.js'

/** What is removed some time after it served its purpose. Evidence is not among it, and nothing that is under way. */
export type Prunable = 'deliveries' | 'notices' | 'idempotency_keys' | 'upload_announcements' | 'ways_in'

const statements: Readonly<Record<Prunable, string>> = {
  deliveries: 'SELECT prune_deliveries($1, $2) AS gone',
  notices: 'SELECT prune_notices($1, $2) AS gone',
  idempotency_keys: 'SELECT prune_idempotency_keys($1, $2) AS gone',
  upload_announcements: 'SELECT prune_upload_announcements($1, $2) AS gone',
  ways_in: 'SELECT prune_ways_in($1, $2) AS gone',
}

/** Removes a batch at most of what is older, over all tenants. The registrar's login only. @returns how much it was */
export async function prune(
  database: Database,
  what: Prunable,
  { before, batch }: { before: Date; batch: number },
): Promise<number> {
  const { rows } = await database.pool.query<{ gone: string }>(statements[what], [before, batch])
  return Number(rows[0]?.gone ?? 0)
}
