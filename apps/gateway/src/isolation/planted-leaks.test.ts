import { followEvents } from '@lethe/bus'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { guardSchema } from '../graphql/requires.js'
import { foreignBreaches, withoutRightBreaches } from './matrix.js'
import { routeBreaches } from './routes.js'
import { type Stage, startStage } from './stage.js'
import { subscriptionBreaches } from './subscriptions.js'
import { withFault } from './with-fault.js'

/** Faults that are switched on one at a time; off, everything is as it ships. */
const planted = vi.hoisted(() => ({ isUnguarded: false, hearsEverybody: false, tenantId: '' }))

vi.mock('../graphql/requires.js', async (original) => {
  const real = await original<{ guardSchema: typeof guardSchema }>()
  const careless: typeof guardSchema = (schema) => {
    const field = schema.getQueryType()?.getFields()['datasets']
    const unguarded = field?.resolve
    const guarded = real.guardSchema(schema)
    const checked = field?.resolve
    if (field && checked) field.resolve = (...args) => (planted.isUnguarded ? (unguarded ?? checked) : checked)(...args)
    return guarded
  }
  return { ...real, guardSchema: careless }
})
vi.mock('@lethe/bus', async (original) => {
  const real = await original<{ followEvents: typeof followEvents }>()
  const careless: typeof followEvents = (bus, { scope, ...rest }) =>
    real.followEvents(bus, {
      ...rest,
      scope: planted.hearsEverybody ? { ...scope, tenantId: planted.tenantId } : scope,
    })
  return { ...real, followEvents: careless }
})

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
  planted.tenantId = stage.acme.id
})
afterAll(() => stage.stop())

describe('the matrix finds', () => {
  it('a policy that is dropped', async () => {
    await stage.rig.sql('ALTER TABLE dataset DISABLE ROW LEVEL SECURITY')
    const breaches = await foreignBreaches(stage, 'engineer')
    await stage.rig.sql('ALTER TABLE dataset ENABLE ROW LEVEL SECURITY')
    expect(breaches.join('\n')).toMatch(/engineer: dataset(s)? (must answer|gave away)/)
  })

  it('a client that is shared between tenants', async () => {
    const { db } = stage.rig.gateway.services
    const forTenant = db.forTenant.bind(db)
    const breaches = await withFault(
      db,
      'forTenant',
      () => forTenant(stage.acme.id),
      () => foreignBreaches(stage, 'privacy_officer'),
    )
    expect(breaches.join('\n')).toMatch(/erasureRequests must answer empty/)
  })

  it('a check that is missing', async () => {
    planted.isUnguarded = true
    const breaches = await withoutRightBreaches(stage, 'data_owner')
    planted.isUnguarded = false
    expect(breaches.join('\n')).toMatch(/data_owner: datasets must answer FORBIDDEN/)
  })

  it('a subject that reaches beyond the tenant', async () => {
    planted.hearsEverybody = true
    const breaches = await subscriptionBreaches(stage)
    planted.hearsEverybody = false
    expect(breaches.join('\n')).toMatch(/tenantChanged must tell silence, and told .*tenantChanged/)
  })

  it("an address of another tenant's artifact that is taken for one's own", async () => {
    const { uploads } = stage.rig.gateway.services
    const { tenantId } = stage.things
    const careless: typeof uploads.verify = ({ digest, now }) => ({
      tenantId,
      digest,
      sizeBytes: 0,
      expiresAt: new Date(now.getTime() + 60_000),
    })
    const breaches = await withFault(uploads, 'verify', careless, () => routeBreaches(stage, 'rival'))
    expect(breaches.join('\n')).toMatch(/uploads\/:tenant\/:digest must answer 403/)
  })

  it('nothing where nothing is planted', async () => {
    expect(await foreignBreaches(stage, 'engineer')).toEqual([])
    expect(await withoutRightBreaches(stage, 'data_owner')).toEqual([])
    expect(await routeBreaches(stage, 'rival')).toEqual([])
  })
})
