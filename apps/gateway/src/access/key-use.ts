import type { Database, FoundApiKey } from '@lethe/db'
import type { Logger } from '@lethe/runtime'

const noteEveryMs = 60_000

/** Notes when a key was last used, to the minute, behind the request that used it. */
export class KeyUse {
  readonly #noted = new Map<string, number>()

  constructor(private readonly options: { db: Database; logger: Logger }) {}

  note({ tenantId, id, lastUsedAt }: FoundApiKey, now: Date): void {
    const last = Math.max(this.#noted.get(id) ?? 0, lastUsedAt?.getTime() ?? 0)
    if (now.getTime() - last < noteEveryMs) return
    this.#noted.set(id, now.getTime())
    const { db, logger } = this.options
    db.forTenant(tenantId)
      .apiKey.updateMany({ where: { id }, data: { lastUsedAt: now } })
      .catch((error: unknown) => logger.warn({ err: error, tenantId, keyId: id }, 'the use of a key was not noted'))
  }
}
