import { defaultViewThreads, EngineThread, provenanceOf } from '@lethe/engine'
import { UnlearningRecipe, randomStream } from '@lethe/domain'
import { writePack } from '@lethe/datasets'
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const worker = fileURLToPath(new URL('unlearning-worker.mjs', import.meta.url))

/** Pretraining and unlearning of the paper (arXiv 2406.03603, section 5): 10 epochs after 800, a tenth to forget. */
const paper = { pretrainEpochs: 800, unlearnEpochs: 10 }
const sets = { retainCount: 1152, forgetCount: 128 }

/** What forgetting with Alignment Calibration at the paper's budget costs, in processor time, of the pretraining it replaces. */
export async function unlearningShare({ recipe, imageSize }, { backend, tfjsNodeDir }) {
  const unlearning = UnlearningRecipe.parse({
    method: 'alignment-calibration',
    epochs: paper.unlearnEpochs,
    repairEpochs: 0,
    learningRate: recipe.optimizer.learningRate,
    seed: 1,
  })
  const order = { backend, tfjsNodeDir, recipe, imageSize, unlearning, epochs: 2, ...sets }
  const child = fork(worker, [JSON.stringify(order)], { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] })
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`${worker} ended with ${code}`)))
  const [said] = await Promise.race([once(child, 'message'), ended])
  ended.catch(() => undefined)
  return { ...said, share: said.unlearnSeconds / (paper.pretrainEpochs * said.epochSeconds) }
}

/**
 * Share of the time in which training did not wait for views, as the platform draws them: by threads of their own. Counted from
 * the end of the first step, before which nothing can be drawn ahead.
 */
export async function viewUtilisation({ recipe, imageSize }, { backend, tfjsNodeDir }) {
  const engine = await EngineThread.start({ backend, tfjsNodeDir })
  const told = []
  try {
    await engine.run(
      {
        kind: 'pretrain',
        pack: packOfNoise(5 * recipe.batchSize, imageSize),
        excluded: [],
        recipe: { ...recipe, epochs: 2 },
        resume: null,
        checkpointMs: Infinity,
        evaluateEveryEpochs: 0,
        provenance: provenanceOf(engine.device, 'bench'),
      },
      {
        signal: new AbortController().signal,
        mayFinishEpoch: () => false,
        onProgress: (progress) => void told.push(readProgress(progress, recipe.batchSize)),
        onCheckpoint: () => undefined,
      },
    )
  } finally {
    await engine.close()
  }
  const [first, last] = [told[0], told.at(-1)]
  const seconds = last.seconds - first.seconds
  return {
    backend: engine.device.backend,
    viewThreads: defaultViewThreads(),
    utilisation: 1 - (last.waitedSeconds - first.waitedSeconds) / seconds,
    picturesPerSecond: (last.pictures - first.pictures) / seconds,
  }
}

function readProgress({ step, samplesPerSecond, viewWaitShare }, batchSize) {
  const pictures = step * batchSize
  const seconds = pictures / samplesPerSecond
  return { pictures, seconds, waitedSeconds: viewWaitShare * seconds }
}

function packOfNoise(count, size) {
  const random = randomStream(2)
  const data = Uint8Array.from({ length: count * size * size * 3 }, () => 256 * random())
  const samples = Array.from({ length: count }, (_, index) => ({
    contentId: createHash('sha256').update(`${index}`).digest('hex'),
    label: '',
    group: null,
    split: 'train',
  }))
  return writePack({ images: { data, count, height: size, width: size, channels: 3 }, samples })
}
