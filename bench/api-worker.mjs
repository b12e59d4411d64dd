// One gateway with servers of its own, told by the parent what to do. See measure-api.mjs.
import { randomUUID } from 'node:crypto'

const { startRig, seedModel, hex, publishChanged } = await import(process.argv[2])
const rig = await startRig({
  STREAMS_PER_VIEWER: 5000,
  COST_PER_MINUTE: 1_000_000_000,
  OPERATION_TIMEOUT_MS: 120_000,
  NODE_ENV: 'production',
})
const tenant = await rig.createTenant('bench')
const { datasetId, datasetVersionId } = await seedModel(rig, tenant, 'bench')
const samples = 5000
// Each sample is somebody else's: requests of one person are linked to one another, and cost more with each.
await rig.sql(
  `WITH owner AS (
     INSERT INTO data_owner (id, tenant_id, subject_key) SELECT gen_random_uuid(), $1, 'owner-' || i
     FROM generate_series(60, $3::int) AS i RETURNING id, substr(subject_key, 7)::int AS i)
   INSERT INTO sample (tenant_id, dataset_version_id, index, content_id, key, label, owner_id, split)
   SELECT $1, $2, i, encode(sha256(i::text::bytea), 'hex'), 'bench-' || i, 'label', id, 'train' FROM owner`,
  [tenant.id, datasetVersionId, samples + 59],
)
await rig.sql(
  `INSERT INTO dataset (id, tenant_id, name) SELECT gen_random_uuid(), $1, 'dataset ' || i FROM generate_series(1, 60) AS i`,
  [tenant.id],
)
await rig.sql('ANALYZE')

const answers = {
  usage: () => ({ cpu: process.cpuUsage(), rss: process.memoryUsage().rss }),
  token: async () => ({ token: await rig.signIn('tenant_owner@bench.test') }),
  announce: () => {
    const at = new Date().toISOString()
    const change = { version: 1, tenantId: tenant.id, aggregate: 'dataset', id: datasetId, at }
    return publishChanged(rig.bus, change, { msgId: randomUUID() }).then(() => ({}))
  },
  stop: () => rig.stop().then(() => ({})),
}
process.on('message', async ({ id, ask }) => {
  process.send({ id, ...(await answers[ask]()) })
  if (ask === 'stop') process.exit(0)
})
process.send({ ready: true, url: rig.url, contents: Array.from({ length: samples }, (_, i) => hex(String(i + 60))) })
