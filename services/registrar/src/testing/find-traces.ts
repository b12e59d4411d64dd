import { digestOf } from '@lethe/artifacts'
import { Objm } from '@nats-io/obj'
import type { Rig } from './rig.js'

export interface Traces {
  /** Digests of blobs that hold one of the texts. */
  readonly blobs: readonly string[]
  /** Tables with rows that do, one name for each row. */
  readonly rows: readonly string[]
}

/** Every blob of a tenant by its digest, read from the store itself and not from what rows say is there. */
export async function artifactsOf(rig: Rig, tenantId: string): Promise<Map<string, Buffer>> {
  const objects = await new Objm(rig.everything.nc).open('artifacts')
  const blobs = new Map<string, Buffer>()
  for (const { name } of await objects.list()) {
    if (!name.startsWith(`${tenantId}/`)) continue
    const bytes = Buffer.from((await objects.getBlob(name)) ?? [])
    blobs.set(digestOf(bytes), bytes)
  }
  return blobs
}

/** Where any of these texts occurs: in every blob of the tenant, and in every row of every table. */
export async function tracesOf(rig: Rig, tenantId: string, texts: readonly string[]): Promise<Traces> {
  const blobs = [...(await artifactsOf(rig, tenantId))].filter(([, bytes]) =>
    texts.some((text) => bytes.includes(text)),
  )
  const { rows: tables } = await rig.test.owner.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'",
  )
  const rows: string[] = []
  for (const { name } of tables) {
    const { rows: found } = await rig.test.owner.query(
      `SELECT 1 FROM ${name} t WHERE t.tenant_id = $1 AND EXISTS (SELECT FROM unnest($2::text[]) w WHERE position(w IN t::text) > 0)`,
      [tenantId, texts],
    )
    rows.push(...found.map(() => name))
  }
  return { blobs: blobs.map(([digest]) => digest).sort(), rows: rows.sort() }
}
