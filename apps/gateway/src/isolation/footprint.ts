import type { GatewayRig } from '../testing/gateway-rig.js'
import type { Stage } from './stage.js'

type Owner = Pick<GatewayRig, 'sql'>

/** Tables whose rows are a tenant's. */
async function tenantTables({ sql }: Owner): Promise<string[]> {
  const tables = await sql(
    `SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1`,
  )
  return tables.map(({ name }) => String(name))
}

/** Every row of a tenant, in whatever table, as text: any change shows but when a key was last used. */
export async function rowsOf({ rig }: Stage, tenantId: string): Promise<string> {
  const found = await Promise.all(
    (await tenantTables(rig)).map(async (name) => [
      name,
      await rig.sql(
        `SELECT coalesce(string_agg(row::text, E'\\n' ORDER BY row::text), '') AS rows
         FROM "${name}" t, LATERAL (SELECT to_jsonb(t) - 'last_used_at' AS row) AS told WHERE tenant_id = $1`,
        [tenantId],
      ),
    ]),
  )
  return JSON.stringify(found)
}

/** How far every stream of the bus has come: messages, blobs and entries of every bucket count there. */
async function busPositions({ rig }: Stage): Promise<string> {
  const { streams } = await rig.bus.js.jetstreamManager()
  const found: string[] = []
  for await (const { config, state } of streams.list()) found.push(`${config.name} ${state.last_seq} ${state.messages}`)
  return found.sort().join('\n')
}

/** All that a request could leave behind: both tenants' rows, outbox included, messages and blobs. */
export const footprintOf = async (stage: Stage): Promise<string> =>
  [await rowsOf(stage, stage.acme.id), await rowsOf(stage, stage.rival.id), await busPositions(stage)].join('\n')

/** Ids and digests: what tells of whom a text speaks. */
export const marksIn = (text: string): ReadonlySet<string> =>
  new Set(text.match(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{64}\b/g))

/** What only acme's rows hold: ids, digests, names. None of it may be in an answer to anybody else. */
export async function marksOf(stage: Stage): Promise<ReadonlySet<string>> {
  const own = new Set(marksIn(await rowsOf(stage, stage.acme.id)))
  for (const shared of marksIn(await rowsOf(stage, stage.rival.id))) own.delete(shared)
  return own
}

/** Of each mark the ids of the tenants whose rows hold it. */
export async function ownersOfMarks(rig: Owner): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const owners = new Map<string, Set<string>>()
  for (const name of await tenantTables(rig)) {
    const found = await rig.sql(
      `SELECT tenant_id::text AS tenant, string_agg(to_jsonb(t)::text, E'\\n') AS rows FROM "${name}" t GROUP BY 1`,
    )
    for (const { tenant, rows } of found)
      for (const mark of marksIn(String(rows))) owners.set(mark, (owners.get(mark) ?? new Set()).add(String(tenant)))
  }
  return owners
}
