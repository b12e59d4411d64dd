import { newId } from '@lethe/db'
import DataLoader from 'dataloader'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { seedModel } from './testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
const things = 6

beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  const { datasetId, datasetVersionId, modelId, modelVersionId } = await seedModel(rig, acme, 'acme')
  // More of each, so that a page of one and a page of many differ.
  for (let n = 0; n < things; n++) {
    const [dataset, version, model, modelVersion, request, run, audit] = Array.from({ length: 7 }, () => newId())
    await copy('dataset', datasetId, { id: dataset, name: `dataset ${n}` })
    await copy('dataset_version', datasetVersionId, { id: version, dataset_id: dataset, number: 1 })
    await copy('model', modelId, { id: model, name: `model ${n}` })
    await copy('model_version', modelVersionId, {
      id: modelVersion,
      model_id: model,
      number: 1,
      dataset_version_id: version,
      parent_id: modelVersionId,
      state: 'PRODUCTION',
    })
    await rig.sql('UPDATE model SET production_version_id = $2 WHERE id = $1', [model, modelVersion])
    const asked = await rig.graphql(
      acme.tokens.privacy_officer,
      'mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }',
      { input: { idempotencyKey: newId(), ground: 'g', selection: { subjectKey: 'subject-acme' } } },
    )
    const { id } = asked.data?.['requestErasure'] as { id: string }
    await rig.sql(
      `INSERT INTO run (id, tenant_id, kind, task, request_id, model_version_id) VALUES ($1, $2, 'unlearn', '{}', $3, $4)`,
      [run, acme.id, id, modelVersion],
    )
    await rig.sql(
      `INSERT INTO audit (id, tenant_id, request_id, plan_item_id, number, run_id, before_version_id, after_version_id,
         verdict, report) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 'PASS', '{}')`,
      [audit, acme.id, id, request, n + 1, run, modelVersion],
    )
    await rig.sql(
      `INSERT INTO evidence_bundle (id, tenant_id, request_id, state, log_size, pinned_at) VALUES ($1, $2, $3, 'QUEUED', 1, now())`,
      [newId(), acme.id, id],
    )
  }
})
afterAll(() => rig.stop())
afterEach(() => vi.restoreAllMocks())

/** A row again, with other values in some of its columns. */
async function copy(table: string, id: string, changes: Record<string, unknown>): Promise<void> {
  await rig.sql(`INSERT INTO ${table} SELECT (jsonb_populate_record(t, $2::jsonb)).* FROM ${table} t WHERE id = $1`, [
    id,
    JSON.stringify(changes),
  ])
}

/** Statements that reach PostgreSQL from the gateway for one operation, but for those that open and close transactions. */
async function statementsOf(query: string, first: number): Promise<string[]> {
  // Who calls is remembered for a second: asked now, it is hardly asked again within the operation, and is not counted.
  await rig.graphql(acme.tokens.privacy_officer, '{ viewer { id } }')
  const seen: string[] = []
  const original = Reflect.get(pg.Client.prototype, 'query') as (...args: unknown[]) => unknown
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [given] = args as [string | { text: string }]
    seen.push(typeof given === 'string' ? given : given.text)
    return original.apply(this, args)
  })
  const { data, errors } = await rig.graphql(acme.tokens.privacy_officer, query, { n: first })
  spy.mockRestore()
  expect([query, errors]).toEqual([query, undefined])
  const [list] = Object.values(data ?? {}) as { edges: unknown[] }[]
  expect([query, list?.edges.length]).toEqual([query, first])
  return seen.filter((text) => !/^(BEGIN|COMMIT|ROLLBACK)|"organizationId"|"suspended_at" *FROM/.test(text))
}

/** Of a few times, since the gateway now and then has something of its own to ask meanwhile. */
async function fewestOf(query: string, first: number): Promise<number> {
  const counts: number[] = []
  for (let time = 0; time < 4; time++) counts.push((await statementsOf(query, first)).length)
  return Math.min(...counts)
}

const list = (name: string, inner: string) =>
  `query ($n: Int!) { ${name}(first: $n) { edges { node { ${inner} } } totalCount } }`

/** Each list with what its nodes read from the database, and the statements that this takes. */
const lists: readonly [string, string, number][] = [
  [
    'datasets',
    'id latestVersion { number ownerCount splitCounts { count } dataset { name } ingestRun { id } modelVersions { id } }',
    8,
  ],
  [
    'models',
    'id productionVersion { number parent { number } children { id } datasetVersion { number } run { id } }',
    8,
  ],
  ['runs', 'id queuePosition modelVersion { number model { name } } erasureRequest { number }', 7],
  [
    'erasureRequests',
    'id allowedActions owner { subjectKey } plan { id } approvals { userName } clock { dueAt events { kind } } audits { id } runs { id } timeline { kind } findings { number } signOffs { outcome } bundles { id }',
    14,
  ],
  ['audits', 'id verdict erasureRequest { number } before { number } after { number model { name } } run { id }', 7],
  ['slaClocks', 'id dueAt explanation { code } events { kind } erasureRequest { number owner { subjectKey } }', 6],
  ['evidence', 'seq kind status', 4],
  ['evidenceBundles', 'id state erasureRequest { number }', 4],
]

describe('the statements of a list', () => {
  it.each(lists)('%s: as many for one row as for many, and no more than before', async (name, inner, pinned) => {
    const [one, many] = [await fewestOf(list(name, inner), 1), await fewestOf(list(name, inner), things)]
    expect([name, one, many]).toEqual([name, pinned, pinned])
  })

  it('would be caught growing when a loader asks for each row alone', async () => {
    const query = list('runs', lists[2]?.[1] ?? '')
    const batched = await statementsOf(query, things)
    vi.spyOn(DataLoader.prototype, 'load').mockImplementation(function (
      this: DataLoader<unknown, unknown>,
      key: unknown,
    ) {
      const { _batchLoadFn: load } = this as unknown as { _batchLoadFn: (keys: unknown[]) => Promise<unknown[]> }
      return load([key]).then(([value]) => value)
    })
    expect((await statementsOf(query, things)).length).toBeGreaterThan(batched.length + things)
  })
})
