import { setTimeout as wait } from 'node:timers/promises'
import { AggregateChanged, publishChanged } from '@lethe/bus'
import { type Database, newId, relayOutbox } from '@lethe/db'
import { TenantId } from '@lethe/domain'
import { vi } from 'vitest'
import type { GatewayRig } from '../../testing/gateway-rig.js'
import { readStream } from '../../testing/read-stream.js'
import type { CrowdTenant } from './crowd.js'
import type { Gateway } from './visit.js'
import type { Watch } from './watch.js'

/** What the registrar does with news: everything in the outbox, until it is told to end and nothing is left. */
export function relayNews(db: Database, rig: GatewayRig): () => Promise<void> {
  let isEnding = false
  const relaying = (async () => {
    for (;;) {
      const sent = await relayOutbox(db, 100, async ({ id, contract, payload }) => {
        if (contract === 'aggregate-changed')
          await publishChanged(rig.bus, AggregateChanged.parse(payload), { msgId: id })
      })
      if (sent === 0 && isEnding) return
      if (sent === 0) await wait(20)
    }
  })()
  return () => {
    isEnding = true
    return relaying
  }
}

interface Listener {
  readonly tenant: CrowdTenant
  /** `aggregate id instant`, in the order in which they were told. */
  readonly heard: string[]
}

/** An event by which a stream is known to be open; nothing in the outbox is as old. */
const probedAt = new Date(0).toISOString()

const query = 'subscription { tenantChanged { aggregate id at } }'
const told = ({ aggregate, id, at }: Record<'aggregate' | 'id' | 'at', string>): string => `${aggregate} ${id} ${at}`

/**
 * A stream of each tenant at each gateway, by session and by key. What is given ends them, once all that was published has
 * been heard or patience is over, and says who was not told each change once.
 */
export async function listen(
  rig: GatewayRig,
  { crowd, gateways, watch }: { crowd: readonly CrowdTenant[]; gateways: readonly Gateway[]; watch: Watch },
): Promise<(patienceMs?: number) => Promise<string[]>> {
  const leaving = new AbortController()
  const { signal } = leaving
  const before = new Set((await rig.sql('SELECT id FROM outbox')).map(({ id }) => id))
  const listeners = crowd.flatMap((tenant) =>
    gateways.map((gateway, index): Listener => {
      const heard: string[] = []
      const token = index % 2 === 0 ? tenant.token : tenant.key
      void (async () => {
        for await (const { event, data } of readStream(gateway, { token, query, signal })) {
          watch.show(tenant, 'tenantChanged', JSON.stringify(data ?? null))
          const change = data?.data?.['tenantChanged'] as Record<'aggregate' | 'id' | 'at', string> | undefined
          if (change) heard.push(told(change))
          else if (event === 'next') watch.breach(tenant, 'tenantChanged', { told: data })
        }
      })().catch((error: unknown) => signal.aborted || watch.breach(tenant, 'tenantChanged', String(error)))
      return { tenant, heard }
    }),
  )
  await vi.waitFor(async () => {
    for (const tenant of crowd) await probe(rig, tenant)
    if (listeners.some(({ heard }) => heard.length === 0)) throw new Error('a stream is not open yet')
  }, 30_000)
  const sinceThen = (heard: readonly string[]) => heard.filter((line) => !line.endsWith(probedAt))
  return async (patienceMs = 30_000) => {
    const published = await publishedOf(rig, before)
    const missed = () =>
      listeners.filter(
        ({ tenant, heard }) => sinceThen(heard).sort().join() !== (published.get(tenant.id) ?? []).join(),
      )
    await vi.waitFor(() => expectNone(missed()), patienceMs).catch(() => undefined)
    leaving.abort()
    watch.events += listeners.reduce((sum, { heard }) => sum + sinceThen(heard).length, 0)
    return missed().map(({ tenant }) => `${tenant.slug}: tenantChanged did not tell each change once`)
  }
}

const expectNone = (list: readonly unknown[]): void => {
  if (list.length > 0) throw new Error('not all is heard yet')
}

const probe = (rig: GatewayRig, { id, datasetId }: CrowdTenant): Promise<unknown> =>
  publishChanged(
    rig.bus,
    { version: 1, tenantId: TenantId.parse(id), aggregate: 'dataset', id: datasetId, at: probedAt },
    { msgId: newId() },
  )

/** Of each tenant what its streams must have told, sorted. */
async function publishedOf(rig: GatewayRig, before: ReadonlySet<unknown>): Promise<Map<string, string[]>> {
  const published = new Map<string, string[]>()
  const rows = await rig.sql(`SELECT id, tenant_id, payload FROM outbox WHERE contract = 'aggregate-changed'`)
  for (const { id, tenant_id: tenantId, payload } of rows) {
    if (before.has(id)) continue
    const list = published.get(String(tenantId)) ?? []
    list.push(told(payload as Record<'aggregate' | 'id' | 'at', string>))
    published.set(String(tenantId), list)
  }
  for (const list of published.values()) list.sort()
  return published
}
