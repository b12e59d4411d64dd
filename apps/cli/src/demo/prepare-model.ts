import { findDataset, registerDataset, type DatasetVersion } from './api/dataset-api.js'
import { findModel, pretrain, promote, type Model, type ModelVersion } from './api/model-api.js'
import { awaitRun, pause } from './follow-run.js'
import type { Cast } from './people.js'
import type { Scenario } from './scenario.js'
import type { DemoView } from './view/demo-view.js'

const pollMs = 250

/** The registered dataset: found, waited for, or uploaded now. */
export async function prepareDataset(cast: Cast, scenario: Scenario, view: DemoView): Promise<DatasetVersion> {
  const { engineer } = cast.as
  const found = await findDataset(engineer, scenario.dataset.name)
  if (found?.state === 'READY') {
    view.note(`${scenario.dataset.name}: registered before, ${found.sampleCount} pictures`)
    return found
  }
  const version = found?.state === 'INGESTING' ? found : await uploadDataset(cast, scenario, view, found?.number ?? 0)
  if (version.ingestRun) await awaitRun(engineer, view, version.ingestRun.id, 'Reading pictures')
  for (;;) {
    const ready = await findDataset(engineer, scenario.dataset.name)
    if (ready && ready.state !== 'INGESTING') return ready
    await pause(pollMs)
  }
}

async function uploadDataset(cast: Cast, scenario: Scenario, view: DemoView, number: number): Promise<DatasetVersion> {
  const { name, description, attribution, imageSize, build } = scenario.dataset
  const tar = await build()
  view.note(`${name}: uploading ${(tar.length / 2 ** 20).toFixed(1)} MiB`)
  const uploadDigest = await cast.as.engineer.upload(tar)
  const idempotencyKey = `demo-${scenario.name}-dataset-${number + 1}`
  return registerDataset(cast.as.engineer, { idempotencyKey, name, description, attribution, uploadDigest, imageSize })
}

const isTrained = ({ state }: ModelVersion): boolean =>
  state === 'READY' || state === 'PRODUCTION' || state === 'RETIRED'

/** The pretrained version, in production unless a later one is. */
export async function prepareModel(
  cast: Cast,
  scenario: Scenario,
  dataset: DatasetVersion,
  view: DemoView,
): Promise<ModelVersion> {
  const { engineer } = cast.as
  const pretrained = pretrainedOf(await findModel(engineer, scenario.modelName))
  if (pretrained.trained) {
    view.note(`${scenario.modelName} v${pretrained.trained.number}: trained before`)
  } else {
    const version = pretrained.training ?? (await startTraining(cast, scenario, dataset, pretrained.tried))
    if (version.run) await awaitRun(engineer, view, version.run.id, 'Pretraining SimCLR')
  }
  for (;;) {
    const model = await findModel(engineer, scenario.modelName)
    const { trained } = pretrainedOf(model)
    if (!model || !trained) {
      await pause(pollMs)
      continue
    }
    if (model.productionVersion === null) {
      await promote(engineer, trained.id, `demo-${scenario.name}-promote-${trained.number}`)
      view.note(`${scenario.modelName} v${trained.number}: in production`)
    }
    return trained
  }
}

function pretrainedOf(model: Model | null) {
  const versions = (model?.versions ?? []).filter(({ origin }) => origin === 'pretrain')
  return {
    trained: versions.find(isTrained),
    training: versions.find(({ state }) => state === 'TRAINING'),
    tried: versions.length,
  }
}

const startTraining = (cast: Cast, scenario: Scenario, dataset: DatasetVersion, tried: number): Promise<ModelVersion> =>
  pretrain(cast.as.engineer, {
    idempotencyKey: `demo-${scenario.name}-pretrain-${tried + 1}`,
    modelName: scenario.modelName,
    datasetVersionId: dataset.id,
    recipe: scenario.recipe,
  })
