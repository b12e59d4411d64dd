import { assembleCast, findDataset, readEvidenceLog, type Cast } from '@lethe/cli/demo'
import { afterAll, expect, it } from 'vitest'
import { isAlive, letheUp, type StartedUp } from '../kit/command-line.js'
import { digitScenario } from '../kit/digit-scenario.js'
import { makeStateDir, removeStateDir } from '../kit/platform.js'
import { beginTraining, prepareDigits, readyVersions, untilEpoch, untilSettled } from '../kit/training.js'

const stateDir = makeStateDir('power-cut')
const scenario = digitScenario({ epochs: 150 })
let up: StartedUp | undefined

afterAll(async () => {
  await up?.interrupt()
  removeStateDir(stateDir)
})

const signIn = ({ record, admin }: StartedUp): Promise<Cast> =>
  assembleCast({ gatewayUrl: record.urls.gateway, stateDir, admin, scenario })

it('after kill -9 of everything the next start loses nothing, finishes what was begun, and ends without a trace', async () => {
  up = await letheUp(stateDir)
  const before = await signIn(up)
  const datasetVersionId = await prepareDigits(before, scenario)
  const runId = await beginTraining(before, scenario, datasetVersionId)
  await untilEpoch(before, runId, 20)
  const log = await readEvidenceLog(before.as.privacy_officer)
  const dataset = await findDataset(before.as.engineer, scenario.dataset.name)
  await up.killEverything()

  up = await letheUp(stateDir)
  const after = await signIn(up)
  expect(await findDataset(after.as.engineer, scenario.dataset.name)).toEqual(dataset)
  expect(await untilSettled(after, runId)).toMatchObject({ state: 'SUCCEEDED', attempt: 2 })
  expect(await readyVersions(after, scenario)).toHaveLength(1)
  const grown = await readEvidenceLog(after.as.privacy_officer)
  expect(grown.verifierKey).toBe(log.verifierKey)
  expect(grown.size).toBeGreaterThanOrEqual(log.size)

  const pids = up.pids()
  expect(pids.length).toBeGreaterThanOrEqual(6)
  expect(await up.interrupt()).toBe(0)
  up = undefined
  expect(pids.filter(isAlive)).toEqual([])
}, 400_000)
