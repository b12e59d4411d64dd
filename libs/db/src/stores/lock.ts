import type { Tx } from '../database.js'

/** Holds a name until the transaction ends; others who ask for the same name wait. */
export async function lockName(tx: Tx, name: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(${name}, 0))`
}
