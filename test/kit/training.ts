import {
  findDataset,
  findModel,
  pretrain,
  readRun,
  registerDataset,
  type Cast,
  type Run,
  type Scenario,
} from '@lethe/cli/demo'
import { until } from './platform.js'

/** Registers the scenario's dataset and waits until it is frozen. @returns id of its version. */
export async function prepareDigits({ as }: Cast, { dataset }: Scenario): Promise<string> {
  const { name, description, attribution, imageSize, build } = dataset
  const uploadDigest = await as.engineer.upload(await build())
  await registerDataset(as.engineer, { idempotencyKey: name, name, description, attribution, uploadDigest, imageSize })
  const ready = await until('the dataset is ready', async () => {
    const version = await findDataset(as.engineer, name)
    if (version?.state === 'FAILED') throw new Error(version.failure ?? 'ingestion failed')
    return version?.state === 'READY' && version
  })
  return ready.id
}

/** Asks for training and returns at once. @returns id of the run. */
export async function beginTraining({ as }: Cast, scenario: Scenario, datasetVersionId: string): Promise<string> {
  const { modelName, recipe } = scenario
  const input = { idempotencyKey: modelName, modelName, datasetVersionId, recipe }
  const { run } = await pretrain(as.engineer, input)
  if (!run) throw new Error('The new version has no run.')
  return run.id
}

/** Waits until training is past this epoch. */
export const untilEpoch = ({ as }: Cast, runId: string, epoch: number): Promise<Run> =>
  until(
    `epoch ${epoch}`,
    async () => {
      const run = await readRun(as.engineer, runId)
      if (run.state === 'FAILED') throw new Error(run.failure?.message)
      return (run.progress?.epoch ?? 0) >= epoch && run
    },
    120_000,
  )

export const untilSettled = ({ as }: Cast, runId: string): Promise<Run> =>
  until(
    'the run is settled',
    async () => {
      const run = await readRun(as.engineer, runId)
      return ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(run.state) && run
    },
    180_000,
  )

/** Trained versions of the scenario's model that can be used. */
export async function readyVersions({ as }: Cast, { modelName }: Scenario) {
  const model = await findModel(as.engineer, modelName)
  return (model?.versions ?? []).filter(({ state }) => state === 'READY')
}
