import type { Database } from './database.js'
import type { OutboxContract } from './outbox.js'

export interface OutboxMessage {
  /** Also the message id on the bus, which drops repeats. */
  readonly id: string
  readonly tenantId: string
  readonly contract: OutboxContract
  readonly payload: unknown
}

/**
 * Publishes the oldest unpublished messages and marks them, all tenants' alike. The rows are locked meanwhile, so that
 * several relays share the work. A crash between publishing and marking publishes again, with the same id. When
 * `publish` throws, what was published before it is marked and the error is thrown on.
 *
 * @returns how many were published
 */
export async function relayOutbox(
  database: Database,
  batch: number,
  publish: (message: OutboxMessage) => Promise<void>,
): Promise<number> {
  const client = await database.pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<OutboxMessage>(
      'SELECT id, tenant_id AS "tenantId", contract, payload FROM outbox_claim($1)',
      [batch],
    )
    const published: string[] = []
    let failure: Error | undefined
    for (const message of rows) {
      try {
        await publish(message)
        published.push(message.id)
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error))
        break
      }
    }
    await client.query('SELECT outbox_mark_published($1::uuid[])', [published])
    await client.query('COMMIT')
    if (failure) throw failure
    return published.length
  } catch (error) {
    await client.query('ROLLBACK').catch((lost: unknown) => {
      broken = lost as Error
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Deletes messages published longer ago than `keepDays`. Gives how many. */
export async function pruneOutbox(database: Database, keepDays: number): Promise<number> {
  const { rows } = await database.pool.query<{ gone: string }>(
    'SELECT outbox_prune(make_interval(days => $1)) AS gone',
    [keepDays],
  )
  return Number(rows[0]?.gone ?? 0)
}
