import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Cast, uploadFile } from '@lethe/cli/demo'
import { readPlatformRecord } from '@lethe/stack'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { digitScenario } from '../kit/digit-scenario.js'
import { makeStateDir, removeStateDir, startTestPlatform, type TestPlatform } from '../kit/platform.js'

const stateDir = makeStateDir('uploads')
let platform: TestPlatform
let cast: Cast
const file = path.join(stateDir, 'upload.tar')
const mebibyte = 2 ** 20
const bytes = randomBytes(40 * mebibyte)

beforeAll(async () => {
  writeFileSync(file, bytes)
  platform = await startTestPlatform(stateDir, ['registrar', 'gateway'])
  cast = await platform.cast(digitScenario())
}, 300_000)

afterAll(async () => {
  await platform.stop()
  removeStateDir(stateDir)
})

const gatewayPid = (): number =>
  readPlatformRecord(stateDir)?.services.find(({ name }) => name === 'gateway')?.process?.pid ?? 0

it('an upload whose sender gave up and whose gateway was killed goes on, and nothing is sent twice', async () => {
  const seen: number[] = []
  const givenUp = uploadFile(cast.as.engineer, file, (sent) => {
    seen.push(sent)
    if (sent >= 8 * mebibyte) throw new Error('given up')
  })
  await expect(givenUp).rejects.toThrow('given up')
  const before = seen.at(-1) ?? 0
  const again: number[] = []
  let killed = 0
  const digest = await uploadFile(cast.as.engineer, file, (sent) => {
    again.push(sent)
    if (killed > 0 || sent < 24 * mebibyte) return
    killed = gatewayPid()
    process.kill(killed, 'SIGKILL')
  })
  expect(digest).toBe(createHash('sha256').update(bytes).digest('hex'))
  expect(again[0]).toBe(before)
  expect(again).toEqual([...again].sort((a, b) => a - b))
  expect(killed).toBeGreaterThan(0)
  expect(gatewayPid()).not.toBe(killed)
}, 120_000)
