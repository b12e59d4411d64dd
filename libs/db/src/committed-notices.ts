import type pg from 'pg'

/** Tables whose new rows somebody waits for. */
export type AwaitedTable = 'outbox' | 'evidence' | 'notice' | 'webhook_delivery'

/** The awaited table that a statement appends to. */
export function awaitedTableOf(query: unknown): AwaitedTable | undefined {
  const text = typeof query === 'string' ? query : (query as { text?: unknown } | null)?.text
  if (typeof text !== 'string') return undefined
  return /^\s*INSERT INTO (?:"?public"?\.)?"?(outbox|evidence|notice|webhook_delivery)\b/.exec(text)?.[1] as
    AwaitedTable | undefined
}

/**
 * Tells listeners what was committed, right after the commit and not in it: NOTIFY inside a transaction holds a lock of
 * the whole server until the commit is on disk, so that commits of different tenants could not share one flush. What is
 * not told, because the process ended in between, is found by polling.
 */
export class CommittedNotices {
  /** `lethe_evidence` carries the tenant, the others nothing. */
  readonly #waiting = new Map<string, readonly [channel: string, payload: string]>()
  #sending: Promise<void> | undefined

  constructor(private readonly pool: pg.Pool) {}

  tell(tenantId: string, tables: ReadonlySet<AwaitedTable>): void {
    for (const table of tables) {
      const payload = table === 'evidence' ? tenantId : ''
      this.#waiting.set(`${table}:${payload}`, [`lethe_${table}`, payload])
    }
    if (this.#waiting.size > 0) this.#sending ??= this.#send()
  }

  /** Resolves when all is told. */
  async settle(): Promise<void> {
    await this.#sending
  }

  /** What is committed while one notice is on its way goes with the next. */
  async #send(): Promise<void> {
    try {
      while (this.#waiting.size > 0) {
        const notices = [...this.#waiting.values()]
        this.#waiting.clear()
        await this.pool.query(
          'SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS n(channel, payload)',
          [notices.map(([channel]) => channel), notices.map(([, payload]) => payload)],
        )
      }
    } catch {
      // A connection broke; the pool replaces it, and polling finds the rows.
    } finally {
      this.#sending = undefined
    }
  }
}
