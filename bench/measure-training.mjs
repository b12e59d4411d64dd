import { fork } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { provisionTensorflow, readStackEnv } from '@lethe/stack'

const worker = fileURLToPath(new URL('training-worker.mjs', import.meta.url))
const epochs = { tensorflow: 12, wasm: 3 }

/** The demonstration's network and recipe on every backend that this machine has, one process each. */
export async function measure() {
  const { cacheDir } = readStackEnv()
  const { backend, tfjsNodeDir } = await provisionTensorflow({ cacheDir, backend: 'auto', tfjsNodeDir: undefined })
  const backends = backend === 'wasm' ? ['wasm'] : ['tensorflow', 'wasm']
  const runs = []
  for (const name of backends) runs.push(await trainOn(name, tfjsNodeDir))
  const [first] = runs
  return {
    figures: { runs, threads: os.availableParallelism() },
    tables: [
      {
        title: `SimCLR, ${path.basename(worker)}`,
        columns: ['backend', 'images/s', 'CPU ms/image', 'peak MiB', 'speed of first'],
        rows: runs.map((run) => [
          run.backend,
          run.imagesPerSecond,
          run.cpuMsPerImage,
          run.peakBytes / 2 ** 20,
          run.imagesPerSecond / first.imagesPerSecond,
        ]),
      },
    ],
  }
}

function trainOn(backend, tfjsNodeDir) {
  return new Promise((resolve, reject) => {
    const child = fork(worker, [JSON.stringify({ backend, tfjsNodeDir, epochs: epochs[backend] })], {
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    })
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`training on ${backend} ended with code ${code}`)))
  })
}
