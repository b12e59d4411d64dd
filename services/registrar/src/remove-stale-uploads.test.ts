import { keepUpload, touchUpload } from '@lethe/db'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { removeStaleUploads } from './remove-stale-uploads.js'
import { type Rig, startRig } from './testing/rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.stop())

it('an upload that nobody registered within a day is deleted, and no other blob', async () => {
  const tenantId = await rig.test.createTenant()
  const client = rig.gateway.forTenant(tenantId)
  const now = new Date()
  const upload = async (text: string, touchedAt: Date, isNew = true) => {
    const { digest, size } = await rig.artifacts.put(tenantId, Buffer.from(text))
    await client.$transaction((tx) => touchUpload(tx, { tenantId, digest, size, isNew, now: touchedAt }))
    return digest
  }
  const yesterday = new Date(now.getTime() - 25 * 3_600_000)
  const given = {
    old: await upload('given up', yesterday),
    young: await upload('just sent', now),
    registered: await upload('registered', yesterday),
    weights: await upload('was there before', yesterday, false),
  }
  await client.$transaction((tx) => keepUpload(tx, { tenantId, digest: given.registered, now }))
  await removeStaleUploads(rig.context)
  await removeStaleUploads(rig.context)
  const left = await Promise.all(
    Object.entries(given).map(async ([name, digest]) => [name, await rig.artifacts.has(tenantId, digest)]),
  )
  expect(Object.fromEntries(left)).toEqual({ old: false, young: true, registered: true, weights: true })
  expect(await client.upload.count()).toBe(2)
})
