import type { ClockState, ErasureState } from '@lethe/domain'
import type { Database } from './database.js'

/** One clock on the platform admins' board. */
export interface SlaBoardRow {
  readonly tenantId: string
  readonly tenantName: string
  readonly requestId: string
  readonly requestNumber: number
  readonly requestState: ErasureState
  readonly clockState: ClockState
  readonly statuteId: string
  readonly dueAt: Date
  readonly receivedAt: Date
  readonly acknowledgeDueAt: Date | null
  readonly acknowledgeState: ClockState | null
  readonly pauses: number
  readonly isExtended: boolean
  readonly notices: number
  readonly breachProbability: number | null
  /** Fulfilled requests that the probability rests on. */
  readonly forecastOn: number | null
}

/** Null lets every clock through. */
export interface SlaBoardFilter {
  readonly state: ClockState | null
  readonly statuteId: string | null
}

/**
 * Clocks of every tenant, nearest due first: `take` of them behind the first `skip`. The gateway's login only; the caller
 * checks `platform:read`.
 */
export async function readSlaBoard(
  database: Database,
  { state, statuteId }: SlaBoardFilter,
  { skip, take }: { skip: number; take: number },
): Promise<SlaBoardRow[]> {
  const { rows } = await database.pool.query<SlaBoardRow>(
    `SELECT tenant_id AS "tenantId", tenant_name AS "tenantName", request_id AS "requestId",
            request_number AS "requestNumber", request_state AS "requestState", clock_state AS "clockState",
            statute_id AS "statuteId", due_at AS "dueAt", received_at AS "receivedAt",
            acknowledge_due_at AS "acknowledgeDueAt", acknowledge_state AS "acknowledgeState", pauses,
            extended AS "isExtended", notices, breach_probability AS "breachProbability", forecast_on AS "forecastOn"
     FROM platform_sla_board($1, $2, $3, $4)`,
    [state, statuteId, skip, take],
  )
  return rows
}

/** How many clocks the board has. The gateway's login only; the caller checks `platform:read`. */
export async function countSlaBoard(database: Database, { state, statuteId }: SlaBoardFilter): Promise<number> {
  const { rows } = await database.pool.query<{ size: string }>('SELECT platform_sla_board_size($1, $2) AS size', [
    state,
    statuteId,
  ])
  return Number(rows[0]?.size)
}

/** What the registrar must look after for one tenant. */
export interface AgendaEntry {
  readonly tenantId: string
  /** Evidence rows. */
  readonly evidenceSize: bigint
  /** Rows that the newest log checkpoint covers. */
  readonly checkpointSize: bigint
  readonly openClocks: number
}

/** Every tenant with what waits there. The registrar's login only. */
export async function readAgenda(database: Database): Promise<AgendaEntry[]> {
  const { rows } = await database.pool.query<
    Record<'tenant_id' | 'evidence_size' | 'checkpoint_size' | 'open_clocks', string>
  >('SELECT tenant_id, evidence_size, checkpoint_size, open_clocks FROM tenant_agenda()')
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    evidenceSize: BigInt(row.evidence_size),
    checkpointSize: BigInt(row.checkpoint_size),
    openClocks: Number(row.open_clocks),
  }))
}

/** A request whose things wait to be deleted. */
export interface ErasingRequest {
  readonly tenantId: string
  readonly requestId: string
}

/** Erasing requests of every tenant, oldest first. The registrar's login only. */
export async function readErasing(database: Database): Promise<ErasingRequest[]> {
  const { rows } = await database.pool.query<ErasingRequest>(
    'SELECT tenant_id AS "tenantId", request_id AS "requestId" FROM erasing_requests()',
  )
  return rows
}

/** Tenants with notices that nobody was told of yet, longest waiting first. The registrar's login only. */
export async function readTenantsWithNotices(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>('SELECT tenant_id AS id FROM tenants_with_notices()')
  return rows.map(({ id }) => id)
}

/** A webhook endpoint that something is to be delivered to now. */
export interface DueWebhook {
  readonly tenantId: string
  readonly endpointId: string
}

/** Longest due first. The registrar's login only. */
export async function readWebhooksDue(database: Database, now: Date): Promise<DueWebhook[]> {
  const { rows } = await database.pool.query<DueWebhook>(
    'SELECT tenant_id AS "tenantId", endpoint_id AS "endpointId" FROM webhooks_due($1)',
    [now],
  )
  return rows
}

/** Tenants with mail to be sent now, longest due first. The registrar's login only. */
export async function readTenantsWithMailDue(database: Database, now: Date): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>('SELECT tenant_id AS id FROM tenants_with_mail_due($1)', [
    now,
  ])
  return rows.map(({ id }) => id)
}
