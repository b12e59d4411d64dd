import { jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from 'nats'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startRig, type Rig } from './testing/rig.js'
import { ensureTopology } from './topology.js'

let rig: Rig
let nc: NatsConnection

beforeAll(async () => {
  rig = await startRig()
  const url = new URL(rig.server.url)
  nc = await connect({ servers: url.host, user: url.username, pass: url.password })
})

afterAll(async () => {
  await nc.close()
  await rig.stop()
})

it('brings the consumers of an earlier release up to date, where a plain creation is refused', async () => {
  await ensureTopology(nc, { ackWaitMs: 10_000 })
  await ensureTopology(nc, { ackWaitMs: 7000 })
  const manager = await jetstreamManager(nc)
  const { config } = await manager.consumers.info('TASKS', 'compute-pretrain')
  expect(config.ack_wait).toBe(7_000_000_000)
  await expect(manager.consumers.add('TASKS', { ...config, ack_wait: 8_000_000_000 })).rejects.toMatchObject({
    code: 10148,
  })
})
