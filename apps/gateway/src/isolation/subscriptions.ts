import { setTimeout as wait } from 'node:timers/promises'
import { publishChanged } from '@lethe/bus'
import { type ChangedAggregate, newId } from '@lethe/db'
import { type Role, TenantId } from '@lethe/domain'
import { readStream, type StreamEvent } from '../testing/read-stream.js'
import { type Breaches, may, ruleOf, subscriptions, variablesOf } from './matrix.js'
import { memberRoles, type Stage } from './stage.js'
import { subscriptionRows } from './subscription-rows.js'

/** Long enough for an event to cross the bus on a busy machine; only silence waits so long. */
const patienceMs = 1500

const announce = ({ rig }: Stage, tenantId: string, aggregate: ChangedAggregate, id: string): Promise<unknown> =>
  publishChanged(
    rig.bus,
    { version: 1, tenantId: TenantId.parse(tenantId), aggregate, id, at: new Date().toISOString() },
    { msgId: newId() },
  )

type Told = StreamEvent['data'] | null

/** What a subscription for things of acme tells first while they change; null where it tells nothing. */
async function firstTold(stage: Stage, token: string, name: string): Promise<Told> {
  const end = new AbortController()
  const query = subscriptionRows[name]?.document ?? ''
  const events = readStream(stage.rig, { token, query, variables: variablesOf(stage.things), signal: end.signal })
  const first = (async () => {
    for await (const { event, data } of events) if (event === 'next') return data ?? null
    return null
  })().catch(() => null)
  const changes = async (): Promise<null> => {
    for (let waited = 0; waited < patienceMs && !end.signal.aborted; waited += 300) {
      await wait(300)
      if (end.signal.aborted) break
      await announce(stage, stage.acme.id, 'erasure-request', stage.things.erasureRequestId)
      await announce(stage, stage.acme.id, 'dataset', stage.things.datasetId)
    }
    return null
  }
  const told = await Promise.race([first, changes()])
  end.abort()
  return told
}

const codeOf = (told: Told): string | undefined => told?.errors?.[0]?.extensions.code

/** Every subscription for whoever may not have it, and what is told to whoever may. */
export async function subscriptionBreaches(stage: Stage): Promise<Breaches> {
  const breaches: string[] = []
  const note = (who: string, name: string, told: Told, wanted: string) => {
    const isKept = wanted === 'silence' ? told === null : codeOf(told) === wanted
    if (!isKept) breaches.push(`${who}: ${name} must tell ${wanted}, and told ${JSON.stringify(told)}`)
  }
  for (const field of subscriptions) {
    const { name } = field
    const row = subscriptionRows[name]
    const body = { query: row?.document, variables: variablesOf(stage.things) }
    const anonymous = await (await stage.rig.post('/graphql/stream', body)).text()
    if (!anonymous.includes('UNAUTHENTICATED')) breaches.push(`anonymous: ${name} told ${anonymous}`)
    const without = (memberRoles as readonly Role[]).filter((role) => !may(role, ruleOf(field)))
    for (const role of without) note(role, name, await firstTold(stage, stage.tokenOf(role) ?? '', name), 'FORBIDDEN')
    const officer = stage.rival.tokens.privacy_officer
    note("the rival's officer", name, await firstTold(stage, officer, name), row?.foreign ?? 'NOT_FOUND')
  }
  const heard = await firstTold(stage, stage.acme.tokens.privacy_officer, 'tenantChanged')
  if (heard?.data?.['tenantChanged'] == null) breaches.push(`acme's officer was told ${JSON.stringify(heard)}`)
  return breaches
}
