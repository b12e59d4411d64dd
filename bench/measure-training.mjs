import { provisionTensorflow, readStackEnv } from '@lethe/stack'
import { median } from './table.mjs'
import { largeBatchCase, trainingCases } from './training-cases.mjs'
import { unlearningShare, viewUtilisation } from './measure-unlearning.mjs'
import { findPeerPython, startLethe, startPeer } from './training-contestants.mjs'

/** Steps of a turn. WASM is so slow that one is enough. */
const steps = { tensorflow: 2, wasm: 1, pytorch: 2 }
const turns = 3

/**
 * What a step of training costs on every backend that this machine has, and in PyTorch where a Python can import it. All take
 * turns, and speeds are compared turn by turn: a busy machine slows down neighbours alike.
 */
export async function measure() {
  const { cacheDir, tfjsNodeDir: given } = readStackEnv()
  const native = await provisionTensorflow({ cacheDir, backend: 'auto', tfjsNodeDir: given })
  const python = findPeerPython()
  const runs = []
  for (const trainingCase of trainingCases) runs.push(...(await race(trainingCase, native, python)))
  const large = native.backend === 'wasm' ? null : await oneStep(largeBatchCase, native)
  const [small] = trainingCases
  const unlearning = await unlearningShare(small, native)
  const views = []
  for (const trainingCase of trainingCases)
    views.push({ name: trainingCase.name, ...(await viewUtilisation(trainingCase, native)) })
  const peer = runs.find(({ backend }) => backend === 'pytorch')?.version
  return {
    figures: { runs, large, unlearning, views },
    tables: [
      {
        title: `a step of SimCLR, one thread; speed per CPU second of ${peer ?? 'PyTorch (no python3 here imports torch)'}`,
        columns: ['net', 'pictures', 'backend', 'pictures/s', 'CPU ms/step', 'peak MiB', 'of PyTorch'],
        rows: runs.map((run) => [
          run.name,
          run.batchSize,
          run.backend,
          run.picturesPerSecond,
          run.cpuMs,
          run.peakBytes / 2 ** 20,
          run.ofPeer,
        ]),
      },
      ...(large === null
        ? []
        : [
            {
              title: largeBatchCase.name,
              columns: ['backend', 'CPU s/step', 'peak MiB'],
              rows: [[large.backend, large.cpuMs / 1000, large.peakBytes / 2 ** 20]],
            },
          ]),
      {
        title: `unlearning a tenth in 10 epochs with Alignment Calibration, against 800 epochs of pretraining: ${small.name}`,
        columns: ['backend', 'CPU s, unlearning', 'CPU s, epoch of pretraining', 'share, %'],
        rows: [[unlearning.backend, unlearning.unlearnSeconds, unlearning.epochSeconds, 100 * unlearning.share]],
      },
      {
        title: 'training that did not wait for views',
        columns: ['net', 'backend', 'view threads', 'pictures/s', 'of the time, %'],
        rows: views.map((net) => [
          net.name,
          net.backend,
          net.viewThreads,
          net.picturesPerSecond,
          100 * net.utilisation,
        ]),
      },
    ],
  }
}

/** Every contestant's turns on one net, and how its CPU time compares with the peer's turn of the same round. */
async function race({ name, recipe, imageSize }, native, python) {
  const backends = native.backend === 'wasm' ? ['wasm'] : ['tensorflow', 'wasm']
  const order = (kind) => ({ recipe, imageSize, steps: steps[kind], tfjsNodeDir: native.tfjsNodeDir })
  const contestants = []
  try {
    if (python !== null) contestants.push(await startPeer(python, order('pytorch')))
    for (const backend of backends)
      contestants.push(await startLethe({ ...order(backend), backend: nameFor(backend, native) }))
    const rounds = []
    for (let turn = 0; turn < turns; turn++) {
      const round = []
      for (const contestant of contestants) round.push(await contestant.turn())
      rounds.push(round)
    }
    return contestants.map((_, place) => summarise(rounds, place, name, recipe.batchSize, python !== null))
  } finally {
    for (const contestant of contestants) contestant.stop()
  }
}

const nameFor = (backend, native) => (backend === 'wasm' ? 'wasm' : native.backend)

function summarise(rounds, place, name, batchSize, hasPeer) {
  const own = rounds.map((round) => round[place])
  return {
    name,
    batchSize,
    backend: own[0].backend,
    version: own[0].version,
    picturesPerSecond: batchSize / (median(own.map(({ wallMs }) => wallMs)) / 1000),
    cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
    peakBytes: own.at(-1).peakBytes,
    ofPeer: hasPeer ? median(rounds.map((round) => round[0].cpuMs / round[place].cpuMs)) : null,
    rounds: own,
  }
}

/** The warm-up alone: memory shows at the first step. */
async function oneStep({ recipe, imageSize }, native) {
  const { backend, tfjsNodeDir } = native
  const contestant = await startLethe({ recipe, imageSize, steps: 1, backend, tfjsNodeDir })
  contestant.stop()
  return contestant.warmUp
}
