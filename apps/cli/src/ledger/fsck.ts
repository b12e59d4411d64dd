import { readAgenda, readLogSnapshot, type Database } from '@lethe/db'
import { DomainError } from '@lethe/domain'
import { checkLog, type LogReport, type LogVerifier, type TrustRoots } from '@lethe/ledger'
import path from 'node:path'
import { type Blobs, lookInto } from './open-blobs.js'
import { outsideLog } from './published-files.js'

export interface TenantReport extends LogReport {
  readonly tenantId: string
}

/** Checks the logs of one tenant or of all, one after the other. */
export async function checkLogs(
  db: Database,
  input: {
    tenantId: string | undefined
    /** Where checkpoints are published, `<tenant>/<size>`; undefined leaves them out. */
    checkpoints: string | undefined
    /** Undefined leaves blobs out. */
    blobs: Blobs | undefined
    keysOf: (tenantId: string) => readonly LogVerifier[]
  },
): Promise<TenantReport[]> {
  const { tenantId: chosen, checkpoints, blobs, keysOf } = input
  const reports: TenantReport[] = []
  for (const tenantId of chosen === undefined ? await tenantsOf(db) : [chosen]) {
    const trusted = keysOf(tenantId)
    const [key] = trusted
    if (key === undefined)
      throw new DomainError('TRUST_MISSING', `The trust roots name no key of the log of tenant ${tenantId}.`, '--trust')
    // Before the database: whatever is published was stored by then.
    const outside = checkpoints === undefined ? outsideLog('') : outsideLog(path.join(checkpoints, tenantId))
    const look = blobs === undefined ? undefined : lookInto(blobs, tenantId)
    const report = await readLogSnapshot(db.forTenant(tenantId), tenantId, (stored) =>
      checkLog({ tenantId, origin: key.name, trusted, stored, outside, look }),
    )
    reports.push({ tenantId, ...report })
  }
  return reports
}

export const tenantsOf = async (db: Database): Promise<string[]> =>
  (await readAgenda(db)).map(({ tenantId }) => tenantId).sort()

/** Keys of a roots file by tenant: the last part of the name of each. */
export const keysByTenant =
  ({ logs }: TrustRoots) =>
  (tenantId: string): LogVerifier[] =>
    logs.filter(({ name }) => tenantIdOf(name) === tenantId)

/** Tenant of a log by its origin `host/log/<tenant>`. */
export const tenantIdOf = (origin: string): string => origin.slice(origin.lastIndexOf('/') + 1)

export const isSound = (reports: readonly TenantReport[]): boolean =>
  reports.every(({ findings }) => findings.length === 0)

export function describeReports(reports: readonly TenantReport[]): string {
  const lines = reports.flatMap(({ origin, entries, pending, checkpoints, blobs, findings, moreFindings }) => {
    const count = `${entries} entries (${pending} pending), ${checkpoints.stored} checkpoints, ${checkpoints.outside} published${blobs === null ? '' : `, ${blobs} blobs`}`
    const more = moreFindings === 0 ? [] : [`  and ${moreFindings} more`]
    return [
      `${findings.length === 0 ? 'sound   ' : 'DAMAGED '} ${origin}: ${count}`,
      ...findings.map(({ code, sentence }) => `  ${code}: ${sentence}`),
      ...more,
    ]
  })
  return `${lines.length === 0 ? 'There is no tenant.' : lines.join('\n')}\n`
}
