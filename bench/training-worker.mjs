// Trains on one backend, one epoch of a few steps each time it is told to, and says what that cost.
// Views are drawn once and shown again and again: what is timed is the training alone.
import { openDevice } from '@lethe/device'
import { randomStream } from '@lethe/domain'
import { pretrain } from '@lethe/learning'

const { backend, tfjsNodeDir, recipe, imageSize, steps } = JSON.parse(process.argv[2])
const device = await openDevice({ backend, tfjsNodeDir })
const random = randomStream(1)
const pixels = imageSize * imageSize * 3
const count = steps * recipe.batchSize
const views = Float32Array.from({ length: 2 * recipe.batchSize * pixels }, random)
const images = {
  data: Uint8Array.from({ length: count * pixels }, () => 256 * random()),
  count,
  height: imageSize,
  width: imageSize,
  channels: 3,
}

const told = () => new Promise((resolve) => process.once('message', resolve))
let started = read()

function read() {
  const { user, system } = process.cpuUsage()
  return { wallMs: performance.now(), cpuMs: (user + system) / 1000 }
}

await pretrain({
  recipe,
  images,
  views: () => ({ draw: () => Promise.resolve(views), close: () => Promise.resolve() }),
  signal: new AbortController().signal,
  now: () => performance.now(),
  onCheckpoint: async () => {
    const now = read()
    process.send({
      backend: device.backend,
      version: device.backendVersion,
      wallMs: (now.wallMs - started.wallMs) / steps,
      cpuMs: (now.cpuMs - started.cpuMs) / steps,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    })
    await told()
    started = read()
  },
})
