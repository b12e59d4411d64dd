import { readRun, type Cast } from '@lethe/cli/demo'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest'
import { digitScenario } from '../kit/digit-scenario.js'
import { makeStateDir, removeStateDir, startTestPlatform, type TestPlatform } from '../kit/platform.js'
import { restartServers, serverPids } from '../kit/servers.js'
import { beginTraining, prepareDigits, readyVersions, untilEpoch, untilSettled } from '../kit/training.js'
import { startWorker, type Worker } from '../kit/worker.js'

const stateDir = makeStateDir('interruptions')
const scenario = digitScenario({ epochs: 150 })
let platform: TestPlatform
let cast: Cast
let dataset: string
const workers: Worker[] = []
const work = (name: string): Worker => {
  const worker = startWorker(platform, name)
  workers.push(worker)
  return worker
}
const cleanUp: (() => Promise<void>)[] = []

beforeAll(async () => {
  platform = await startTestPlatform(stateDir, ['registrar', 'gateway'])
  cast = await platform.cast(scenario)
  const ingesting = work('ingesting')
  dataset = await prepareDigits(cast, scenario)
  await ingesting.stop()
})

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()))
  await platform.stop()
  for (const step of cleanUp) await step()
  removeStateDir(stateDir)
})

beforeEach(() => onTestFailed(() => console.error(platform.logs())))

const minutes = 4 * 60_000

interface Observation {
  attempt: number
  worker: string
  progress: { epoch?: number | null }
}

/** Everything that the run's workers said, replayed from the start. */
async function observationsOf(runId: string): Promise<Observation[]> {
  const stop = new AbortController()
  const seen: Observation[] = []
  const events = cast.as.engineer.subscribe<{ runProgress: Observation }>(
    'subscription ($runId: ID!) { runProgress(runId: $runId) { attempt worker progress { epoch } } }',
    { runId },
    stop.signal,
  )
  const quiet = setTimeout(() => stop.abort(), 5000)
  try {
    for await (const { runProgress } of events) {
      seen.push(runProgress)
      if (runProgress.progress.epoch === scenario.recipe.epochs) break
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    clearTimeout(quiet)
    stop.abort()
  }
  return seen
}

it(
  'a worker killed in the middle of a run loses nothing: another resumes from the last checkpoint, with one result',
  async () => {
    const first = work('first')
    const named = { ...scenario, modelName: 'killed-worker' }
    const runId = await beginTraining(cast, named, dataset)
    const before = await untilEpoch(cast, runId, 60)
    await first.kill()
    work('second')
    const run = await untilSettled(cast, runId)
    expect(run).toMatchObject({ state: 'SUCCEEDED', attempt: 2 })
    expect(before.attempt).toBe(1)
    const resumed = (await observationsOf(runId)).filter(({ worker }) => worker === 'second')
    const epochs = resumed.flatMap(({ progress }) => progress.epoch ?? [])
    expect(Math.min(...epochs)).toBeGreaterThan(10)
    expect(await readyVersions(cast, named)).toHaveLength(1)
  },
  minutes,
)

it(
  'nats-server and PostgreSQL restarted in the middle of a run: the run completes, and is recorded once',
  async () => {
    const named = { ...scenario, modelName: 'restarted-servers' }
    const runId = await beginTraining(cast, named, dataset)
    await untilEpoch(cast, runId, 40)
    const old = serverPids(stateDir)
    cleanUp.push(await restartServers(stateDir))
    const fresh = serverPids(stateDir)
    expect(fresh.nats).not.toBe(old.nats)
    expect(fresh.postgres).not.toBe(old.postgres)
    const run = await untilSettled(cast, runId)
    expect(run.state).toBe('SUCCEEDED')
    const versions = await readyVersions(cast, named)
    expect(versions).toHaveLength(1)
    expect(versions[0]?.curve).toHaveLength(scenario.recipe.epochs)
    expect((await readRun(cast.as.engineer, runId)).finishedAt).toBe(run.finishedAt)
  },
  minutes,
)
