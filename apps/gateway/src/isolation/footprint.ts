import type { Stage } from './stage.js'

/** Every row of a tenant, in whatever table, as text: any change shows but when a key was last used. */
export async function rowsOf({ rig }: Stage, tenantId: string): Promise<string> {
  const tables = await rig.sql(
    `SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1`,
  )
  const found = await Promise.all(
    tables.map(async ({ name }) => [
      name,
      await rig.sql(
        `SELECT coalesce(string_agg(row::text, E'\\n' ORDER BY row::text), '') AS rows
         FROM "${String(name)}" t, LATERAL (SELECT to_jsonb(t) - 'last_used_at' AS row) AS told WHERE tenant_id = $1`,
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

/** What only acme's rows hold: ids, digests, names. None of it may be in an answer to anybody else. */
export async function marksOf(stage: Stage): Promise<ReadonlySet<string>> {
  const mark = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{64}\b/g
  const own = new Set((await rowsOf(stage, stage.acme.id)).match(mark))
  for (const shared of (await rowsOf(stage, stage.rival.id)).match(mark) ?? []) own.delete(shared)
  return own
}
