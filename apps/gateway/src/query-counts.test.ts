import DataLoader from 'dataloader'
import { getNamedType, isObjectType } from 'graphql'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSchema } from './graphql/build-schema.js'
import { adminEmail, type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'
import { type ListRow, listRows } from './testing/list-rows.js'
import { type ManyThings, seedMany } from './testing/seed-many.js'

let rig: GatewayRig
let acme: TestTenant
let admin: string
let things: ManyThings
const many = 20

beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  admin = await rig.signIn(adminEmail)
  things = await seedMany(rig, acme, many)
})
afterAll(() => rig.stop())
afterEach(() => vi.restoreAllMocks())

/** Every field of the schema that gives a connection, as `Type.field`. */
const connectionFields = (): string[] =>
  Object.values(createSchema().getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
        .map((field) => `${type.name}.${field.name}`),
    )

function queryOf(name: string, { node, of }: ListRow, total: string): string {
  const list = `${name.split('.')[1]}(first: $n) { ${total} edges { node { ${node} } } }`
  return `query ($n: Int!) { ${of === undefined ? list : `${of(things)} { ${list} }`} }`
}

interface Page {
  readonly edges: unknown[]
}

/** Statements that reach PostgreSQL from the gateway for one operation, but for those that open and close transactions. */
async function statementsOf(name: string, first: number, total = 'totalCount'): Promise<string[]> {
  const row = listRows[name]
  if (row === undefined) throw new Error(`${name} has no row`)
  const by = row.by ?? 'privacy_officer'
  const token = by === 'platform_admin' ? admin : acme.tokens[by]
  // Who calls is remembered for a second: asked now, it is hardly asked again within the operation, and is not counted.
  await rig.graphql(token, '{ viewer { id } }')
  const seen: string[] = []
  const original = Reflect.get(pg.Client.prototype, 'query') as (...args: unknown[]) => unknown
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [given] = args as [string | { text: string }]
    seen.push(typeof given === 'string' ? given : given.text)
    return original.apply(this, args)
  })
  const { data, errors } = await rig.graphql(token, queryOf(name, row, total), { n: first })
  spy.mockRestore()
  expect([name, errors]).toEqual([name, undefined])
  const [outer] = Object.values(data ?? {}) as (Page & Record<string, Page>)[]
  const page = row.of === undefined ? outer : outer?.[name.split('.')[1] ?? '']
  expect([name, page?.edges.length]).toEqual([name, first])
  return seen.filter(
    (text) => !/^(BEGIN|COMMIT|ROLLBACK)|"suspended_at" *FROM|^SELECT m\."userId".* AND m\."userId" =/.test(text),
  )
}

/** Of a few times, since the gateway now and then has something of its own to ask meanwhile. */
async function fewestOf(name: string, first: number, total?: string): Promise<number> {
  const counts: number[] = []
  for (let time = 0; time < 3; time++) counts.push((await statementsOf(name, first, total)).length)
  return Math.min(...counts)
}

describe('the statements of a list', () => {
  it('are pinned for every field of the schema that gives one', () =>
    expect(Object.keys(listRows).sort()).toEqual(connectionFields().sort()))

  it.each(Object.keys(listRows))('%s: as many for one row as for twenty, and no more than before', async (name) => {
    const [one, twenty] = [await fewestOf(name, 1), await fewestOf(name, many)]
    const pinned = listRows[name]?.statements
    expect([name, one, twenty]).toEqual([name, pinned, pinned])
  })

  it.each(['Query.runs', 'Query.erasureRequests', 'Query.evidence', 'Query.slaBoard', 'DatasetVersion.samples'])(
    '%s: nothing is counted that nobody asked for',
    async (name) => expect(await fewestOf(name, 1, '')).toBe((listRows[name]?.statements ?? 0) - 1),
  )

  it('would be caught growing when a loader asks for each row alone', async () => {
    const batched = await statementsOf('Query.runs', many)
    vi.spyOn(DataLoader.prototype, 'load').mockImplementation(function (
      this: DataLoader<unknown, unknown>,
      key: unknown,
    ) {
      const { _batchLoadFn: load } = this as unknown as { _batchLoadFn: (keys: unknown[]) => Promise<unknown[]> }
      return load([key]).then(([value]) => value)
    })
    expect((await statementsOf('Query.runs', many)).length).toBeGreaterThan(batched.length + many)
  })
})
