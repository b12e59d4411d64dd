import { appendEvidence } from '@lethe/db'
import { predicateType } from '@lethe/domain'
import { followLog, parseStatement, verifyLogCheckpoint, type PublishedLog } from '@lethe/ledger'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startRegistrar } from '../registrar.js'
import { type Rig, startRig, until } from '../testing/rig.js'
import { loadLogKeys, type LogKeys } from './load-log-keys.js'

const kind = 'run-ended/v1' as const
let rig: Rig
let scratch: string
let spki: string
/** The platform after its key was changed. */
let rotated: LogKeys

beforeAll(async () => {
  rig = await startRig()
  scratch = mkdtempSync(path.join(tmpdir(), 'lethe-rotation-'))
  const file = path.join(scratch, 'new.pem')
  writeFileSync(file, generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }))
  spki = createPublicKey(readFileSync(rig.keyFile, 'utf8')).export({ format: 'der', type: 'spki' }).toString('base64')
  rotated = loadLogKeys({ file, logHost: 'lethe.test', previous: [spki] })
})
afterAll(async () => {
  await rig.stop()
  rmSync(scratch, { recursive: true, force: true })
})

const append = (tenantId: string) =>
  rig.gateway.forTenant(tenantId).$transaction((tx) =>
    appendEvidence(tx, tenantId, {
      kind,
      body: JSON.stringify({ predicate: {}, predicateType: predicateType(kind) }),
    }),
  )
const checkpoints = (tenantId: string) =>
  rig.gateway.forTenant(tenantId).logCheckpoint.findMany({ orderBy: { size: 'asc' } })
const rowsOf = (tenantId: string) => rig.gateway.forTenant(tenantId).evidence.findMany({ orderBy: { seq: 'asc' } })
const folderOf = (tenantId: string): PublishedLog => {
  const read = (name: string) => readFileSync(path.join(rig.checkpointDir, tenantId, name), 'utf8')
  return {
    latest: () => Promise.resolve(read('latest')),
    growth: (size) => {
      const name = `${size}.add-checkpoint`
      return Promise.resolve(existsSync(path.join(rig.checkpointDir, tenantId, name)) ? read(name) : undefined)
    },
  }
}

/** A registrar with these keys, until the log of the tenant is that long and published. */
async function keepWith(keys: LogKeys, tenantId: string, size: bigint): Promise<void> {
  const registrar = startRegistrar({ ...rig.options, ...keys })
  await until(async () => (await checkpoints(tenantId)).at(-1)?.size === size)
  await until(() => Promise.resolve(existsSync(path.join(rig.checkpointDir, tenantId, `${size}.add-checkpoint`))))
  await registrar.stop()
}

it('is on record first thing after a start with a new key; old checkpoints stay valid under the old one', async () => {
  const tenantId = await rig.test.createTenant()
  await append(tenantId)
  await append(tenantId)
  await keepWith(rig.options, tenantId, 2n)
  // Nothing is pending: the start alone notices.
  await keepWith(rotated, tenantId, 3n)
  await append(tenantId)
  await keepWith(rotated, tenantId, 4n)

  const rows = await rowsOf(tenantId)
  expect(rows.map((row) => row.kind)).toEqual([kind, kind, 'log-key-rotated/v1', kind])
  expect(parseStatement(rows[2]?.body ?? '').predicate).toMatchObject({ sizeUnderPrevious: 2 })
  const [before, after, last] = (await checkpoints(tenantId)).map(({ note }) => note)
  const [oldKey, newKey] = [rig.options.signerOf(tenantId), rotated.signerOf(tenantId)]
  expect(verifyLogCheckpoint(before ?? '', [oldKey]).size).toBe(2)
  expect(verifyLogCheckpoint(last ?? '', [newKey]).size).toBe(4)
  expect(() => verifyLogCheckpoint(before ?? '', [newKey])).toThrow(/No trusted key/)
  expect(() => verifyLogCheckpoint(after ?? '', [oldKey])).toThrow(/No trusted key/)
  // A witness that trusts both keys goes from the first checkpoint to the last.
  const followed = await followLog(folderOf(tenantId), verifyLogCheckpoint(before ?? '', [oldKey]), [oldKey, newKey])
  expect(followed).toMatchObject({ steps: 2, head: { size: 4 } })
})

it('is no change when the key is the same, and none for a log that has no checkpoint yet', async () => {
  const tenantId = await rig.test.createTenant()
  await append(tenantId)
  await keepWith(rotated, tenantId, 1n)
  await keepWith(rotated, tenantId, 1n)
  expect((await rowsOf(tenantId)).map((row) => row.kind)).toEqual([kind])
})

it('signs nothing when the key that signed before is not named', async () => {
  const tenantId = await rig.test.createTenant()
  await append(tenantId)
  await keepWith(rig.options, tenantId, 1n)
  await append(tenantId)
  const unnamed = { ...rotated, previousKeysOf: () => [] }
  const other = await rig.test.createTenant()
  await append(other)
  await keepWith(unnamed, other, 1n)
  expect(await checkpoints(tenantId)).toHaveLength(1)
  expect(await rowsOf(tenantId)).toHaveLength(2)
})

it('names the setting when a previous key cannot be read', () => {
  for (const wrong of ['', 'AAAA', spki.slice(1), `${spki}=`])
    expect(() => loadLogKeys({ file: rig.keyFile, logHost: 'lethe.test', previous: [wrong] })).toThrow(
      expect.objectContaining({ code: 'KEY_MALFORMED', field: 'LOG_PREVIOUS_PUBLIC_KEYS' }) as Error,
    )
})
