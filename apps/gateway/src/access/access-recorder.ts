import { type Database, lockName, readTenantsWithAccessChanges } from '@lethe/db'
import type { Logger } from '@lethe/runtime'
import type { Services } from '../services.js'
import { recordMembershipChanges } from './record-membership-changes.js'
import { recordSsoChanges } from './record-sso-changes.js'

export interface AccessRecorderOptions extends Pick<Services, 'commitToPerson' | 'commitToName' | 'now'> {
  readonly db: Database
  readonly logger: Logger
}

const batch = 100
const lookAgainMs = 5000

/**
 * Puts changes of memberships and of identity providers on record, by whichever way they came: the database notes each
 * in the transaction that makes it. This process does it and not the registrar, because only it can commit to people
 * and names.
 */
export class AccessRecorder {
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(private readonly options: AccessRecorderOptions) {}

  /** Looks every few seconds for changes that came by other ways, or that another gateway left behind. */
  start(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#recordAll().finally(() => this.#timer && this.start())
    }, lookAgainMs).unref()
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#running
  }

  async #recordAll(): Promise<void> {
    const { db, logger } = this.options
    try {
      for (const tenantId of await readTenantsWithAccessChanges(db)) await this.record(tenantId)
    } catch (error) {
      logger.warn({ err: error }, 'changes of access wait to be recorded')
    }
  }

  /** All that is unrecorded of a tenant, in its order. Two at once record each change once. */
  async record(tenantId: string): Promise<void> {
    const { db } = this.options
    let found = batch
    while (found === batch)
      found = await db.forTenant(tenantId).$transaction(async (tx) => {
        await lockName(tx, `access:${tenantId}`)
        const members = await recordMembershipChanges(tx, { ...this.options, tenantId, most: batch })
        const providers = await recordSsoChanges(tx, { ...this.options, tenantId, most: batch })
        return Math.max(members, providers)
      })
  }
}
