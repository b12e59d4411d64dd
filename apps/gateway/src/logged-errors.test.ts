import { newId } from '@lethe/db'
import { createLogger } from '@lethe/runtime'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig, type TestTenant } from './testing/gateway-rig.js'

let rig: GatewayRig
let acme: TestTenant

beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
})
afterAll(() => rig.stop())

it('no error of PostgreSQL or Prisma brings the values of its rows into the log', async () => {
  const person = 'jane-doe@home.test'
  const db = rig.gateway.services.db.forTenant(acme.id)
  const owner = () => ({ id: newId(), tenantId: acme.id, subjectKey: person })
  await db.dataOwner.create({ data: owner() })
  const insert =
    'INSERT INTO auth."user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt") VALUES ($1, $2, $3, true, now(), now())'
  await rig.sql(insert, [newId(), person, person])
  const failing = [
    rig.sql(insert, [newId(), person, person]),
    rig.sql('INSERT INTO auth."user" ("id", "name", "email") VALUES ($1, NULL, $2)', [newId(), `x${person}`]),
    rig.sql('SELECT $1::uuid', [person]),
    rig.sql(`SELECT ('{"a": ' || $1 || '}')::json`, [person]),
    rig.sql('SELECT $1::timestamptz', [person]),
    rig.sql('SELECT $1::int[]', [person]),
    db.dataOwner.create({ data: owner() }),
    db.dataOwner.findFirst({ where: { subjectKey: { contains: person, unknown: person } as never } }),
    db.$queryRaw`SELECT ${person}::text::uuid`,
    db.$executeRaw`INSERT INTO data_owner (id, tenant_id, subject_key) VALUES (${newId()}::uuid, ${acme.id}::uuid, ${person})`,
  ]
  const settled = await Promise.allSettled(failing)
  const errors = settled.map((each) => (each.status === 'rejected' ? (each.reason as Error) : null))
  expect(errors).not.toContain(null)
  // Otherwise it would not show that anything was taken out.
  expect(errors.filter((error) => JSON.stringify([error, error?.message]).includes('jane-doe')).length).toBeGreaterThan(
    5,
  )
  let text = ''
  const logger = createLogger('test', 'debug', { write: (line: string) => (text += line) })
  for (const error of errors) {
    logger.error({ err: error }, 'request failed')
    logger.error(error)
  }
  expect(text.split('\n').filter((line) => line.includes('jane-doe'))).toEqual([])
  expect(text).toContain('"code":"23505"')
})
