import { appendEvidence, loginUrl, newId, openDatabase, type Database } from '@lethe/db'
import { openOwner } from '@lethe/db/testing'
import { predicateType } from '@lethe/domain'
import { chmodSync, existsSync } from 'node:fs'
import path from 'node:path'
import { buildLethe, type CommandOutcome } from '../kit/lethe-command.js'
import { startTestPlatform, until, type TestPlatform } from '../kit/platform.js'

/** A live platform whose registrar keeps logs, a superuser of its database, and the command line beside it. */
export interface LogStage {
  readonly folder: string
  readonly checkpoints: string
  /** As the owner, who is a superuser, with the triggers that refuse changes switched off for the while. */
  tamper(sql: string, values?: readonly unknown[]): Promise<void>
  rows<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** A tenant with one signed and published checkpoint of each of these sizes. */
  createLog(sizes: readonly number[]): Promise<string>
  append(tenantId: string, count: number): Promise<void>
  /** Waits until everything is signed and published. */
  settle(tenantId: string): Promise<number>
  fsck(...args: string[]): Promise<CommandOutcome>
  ledger(...args: string[]): Promise<CommandOutcome>
  /** Stops the platform, does what may only be done while it does not run, and starts it again. */
  whileStopped(work: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

const kind = 'run-ended/v1' as const
const guarded = ['evidence', 'log_checkpoint', 'log_node']

export async function startLogStage(): Promise<LogStage> {
  const lethe = await buildLethe()
  chmodSync(lethe.folder, 0o755)
  process.env['LETHE_HOME'] = lethe.folder
  let platform: TestPlatform = await startTestPlatform(lethe.folder, ['registrar'])
  const { ownerUrl, passwords, checkpointDir: checkpoints } = platform.facts
  const gateway = await openDatabase({ url: loginUrl(ownerUrl, 'gateway', passwords.gateway), role: 'gateway' })
  const owner = openOwner(ownerUrl)
  const settle = (tenantId: string) => settled(gateway, checkpoints, tenantId)
  const append = (tenantId: string, count: number) => appendTo(gateway, tenantId, count)
  return {
    folder: lethe.folder,
    checkpoints,
    append,
    settle,
    rows: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await owner.query(sql, [...values])).rows as Row[],
    tamper: (sql, values = []) => behindTheTriggers(owner, sql, values),
    createLog: async (sizes) => {
      const id = newId()
      await gateway.forTenant(id).tenant.create({ data: { id, name: 'Tampered', slug: id } })
      for (const [at, size] of sizes.entries()) {
        await append(id, size - (sizes[at - 1] ?? 0))
        await settle(id)
      }
      return id
    },
    fsck: (...args) => lethe.call(['ledger', 'fsck', ...args]),
    ledger: (...args) => lethe.call(['ledger', ...args]),
    whileStopped: async (work) => {
      await platform.stop()
      await work()
      platform = await startTestPlatform(lethe.folder, ['registrar'])
    },
    stop: async () => {
      await gateway.close()
      await owner.end()
      await platform.stop()
      lethe.remove()
    },
  }
}

async function appendTo(gateway: Database, tenantId: string, count: number): Promise<void> {
  await gateway.forTenant(tenantId).$transaction(async (tx) => {
    for (let n = 0; n < count; n++) {
      const body = JSON.stringify({ predicate: { note: `entry ${newId()}` }, predicateType: predicateType(kind) })
      await appendEvidence(tx, tenantId, { kind, body })
    }
  })
}

async function settled(gateway: Database, checkpoints: string, tenantId: string): Promise<number> {
  const db = gateway.forTenant(tenantId)
  return until(`the log of ${tenantId} is published`, async () => {
    const entries = await db.evidence.count()
    return existsSync(path.join(checkpoints, tenantId, `${entries}.add-checkpoint`)) && entries
  })
}

async function behindTheTriggers(
  owner: ReturnType<typeof openOwner>,
  sql: string,
  values: readonly unknown[],
): Promise<void> {
  const client = await owner.connect()
  try {
    await client.query('BEGIN')
    for (const table of guarded) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
    await client.query(sql, [...values])
    for (const table of guarded) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
    for (const table of guarded) await client.query(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only`)
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}
