import { findDataset, GatewayClient } from '@lethe/cli/demo'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { digitScenario } from '../kit/digit-scenario.js'
import { makeStateDir, removeStateDir, startTestPlatform, type TestPlatform } from '../kit/platform.js'
import { prepareDigits } from '../kit/training.js'

const stateDirs = [makeStateDir('stack-one'), makeStateDir('stack-two')] as const
const scenario = digitScenario()
let one: TestPlatform
let two: TestPlatform

beforeAll(async () => {
  ;[one, two] = await Promise.all([startTestPlatform(stateDirs[0]), startTestPlatform(stateDirs[1])])
}, 240_000)

afterAll(async () => {
  await Promise.all([one.stop(), two.stop()])
  for (const stateDir of stateDirs) removeStateDir(stateDir)
})

it('two platforms at once share no port and no data, and neither accepts the other’s people', async () => {
  const ports = [...Object.values(one.facts.ports), ...Object.values(two.facts.ports)]
  expect(new Set(ports).size).toBe(ports.length)
  const [here, there] = [await one.cast(scenario), await two.cast(scenario)]
  await prepareDigits(here, scenario)
  expect(await findDataset(there.as.engineer, scenario.dataset.name)).toBeNull()
  await expect(GatewayClient.signIn(two.urls.gateway, one.facts.bootstrapAdmin)).rejects.toThrow(/Signing in/)
  const foreign = await fetch(new URL('/graphql', two.urls.gateway), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await here.as.engineer.token()}` },
    body: JSON.stringify({ query: '{ viewer { id } }' }),
  })
  expect(foreign.status).toBe(401)
}, 120_000)
