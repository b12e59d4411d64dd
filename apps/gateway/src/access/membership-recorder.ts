import {
  type Database,
  type MembershipChange,
  lockName,
  notify,
  readTenantsWithMembershipChanges,
  recordEntries,
  type Tx,
} from '@lethe/db'
import { type EvidenceEntry, hasRightsOf, Role } from '@lethe/domain'
import { statementOf } from '@lethe/ledger'
import type { Logger } from '@lethe/runtime'
import type { Services } from '../services.js'
import { keyEvidence } from '../modules/api-key/key-evidence.js'
import { grantEvidence } from '../modules/auditor-access/grant-evidence.js'

export interface MembershipRecorderOptions extends Pick<Services, 'commitToPerson' | 'now'> {
  readonly db: Database
  readonly logger: Logger
}

/** A member's id and role; who they are is for those who may see members. */
async function tellOf(tx: Tx, change: MembershipChange, now: Date): Promise<void> {
  const { tenantId, userId, previousRole } = change
  const kind = previousRole === null ? 'member.joined' : change.role === null ? 'member.removed' : 'member.role-changed'
  const role = Role.parse(change.role ?? previousRole)
  await notify(tx, { tenantId, kind, data: { userId, role }, now })
}

const batch = 100
const lookAgainMs = 5000

/**
 * Puts changes of membership on record, by whichever way they came: the database notes each in the transaction that makes
 * it. This process does it and not the registrar, because only it can commit to a person. With the record goes what
 * follows: whoever leaves, or may do less, loses keys and grants for good, so that none comes back with them.
 */
export class MembershipRecorder {
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(private readonly options: MembershipRecorderOptions) {}

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
      for (const tenantId of await readTenantsWithMembershipChanges(db)) await this.record(tenantId)
    } catch (error) {
      logger.warn({ err: error }, 'changes of membership wait to be recorded')
    }
  }

  /** All that is unrecorded of a tenant, in its order. Two at once record each change once. */
  async record(tenantId: string): Promise<void> {
    const { db } = this.options
    let found = batch
    while (found === batch)
      found = await db.forTenant(tenantId).$transaction(async (tx) => {
        await lockName(tx, `membership:${tenantId}`)
        const changes = await tx.membershipChange.findMany({
          where: { tenantId, evidenceSeq: null },
          orderBy: { number: 'asc' },
          take: batch,
        })
        await this.#recordEach(tx, tenantId, changes)
        return changes.length
      })
  }

  async #recordEach(tx: Tx, tenantId: string, changes: readonly MembershipChange[]): Promise<void> {
    if (changes.length === 0) return
    const now = this.options.now()
    const followed: EvidenceEntry[] = []
    for (const change of changes) {
      followed.push(...(await this.#follow(tx, change, now)))
      await tellOf(tx, change, now)
    }
    const entries = [...changes.map((change) => this.#entryOf(change)), ...followed]
    const numbers = await recordEntries(tx, { tenantId, entries, now }, statementOf)
    for (const [i, { id }] of changes.entries())
      await tx.membershipChange.updateMany({ where: { id }, data: { evidenceSeq: numbers[i] ?? null } })
  }

  #entryOf({ tenantId, userId, actorId, previousRole, role, at }: MembershipChange): EvidenceEntry {
    const { commitToPerson } = this.options
    return {
      kind: 'member-changed/v1',
      subjects: [],
      predicate: {
        change: previousRole === null ? 'joined' : role === null ? 'left' : 'role-changed',
        member: commitToPerson({ tenantId, userId }),
        previousRole: Role.nullable().parse(previousRole),
        role: Role.nullable().parse(role),
        changedBy: actorId === null ? null : commitToPerson({ tenantId, userId: actorId }),
        effectiveAt: at.toISOString(),
      },
    }
  }

  /** What a change takes away besides. */
  async #follow(tx: Tx, change: MembershipChange, now: Date): Promise<EvidenceEntry[]> {
    const { tenantId, userId, actorId } = change
    const role = Role.nullable().parse(change.role)
    const revokedBy = actorId ?? userId
    const revoked = { revokedAt: now, revokedBy }
    const { commitToPerson } = this.options
    const keys = await tx.apiKey.findMany({ where: { tenantId, userId, revokedAt: null } })
    const lostKeys = keys.filter((key) => role === null || !hasRightsOf(role, Role.parse(key.role)))
    const lostGrants =
      role === 'auditor' ? [] : await tx.auditorGrant.findMany({ where: { tenantId, userId, revokedAt: null } })
    await tx.apiKey.updateMany({ where: { tenantId, id: { in: lostKeys.map(({ id }) => id) } }, data: revoked })
    await tx.auditorGrant.updateMany({ where: { tenantId, id: { in: lostGrants.map(({ id }) => id) } }, data: revoked })
    if (role !== 'data_owner') await tx.dataOwner.updateMany({ where: { tenantId, userId }, data: { userId: null } })
    return [
      ...lostKeys.map((key) => keyEvidence('revoked', key, { commitToPerson, actorId: revokedBy })),
      ...lostGrants.map((grant) => grantEvidence('revoked', grant, { commitToPerson, actorId: revokedBy })),
    ]
  }
}
