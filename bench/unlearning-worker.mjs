// Pretrains for a few epochs, then unlearns with Alignment Calibration, both from drawing views to the checkpoint, and says what
// processor time each took.
import { openDevice } from '@lethe/device'
import { randomStream, selectImages } from '@lethe/domain'
import { pretrain, unlearn } from '@lethe/learning'

const { backend, tfjsNodeDir, recipe, imageSize, unlearning, retainCount, forgetCount, epochs } = JSON.parse(
  process.argv[2],
)
const device = await openDevice({ backend, tfjsNodeDir })
const random = randomStream(1)
const count = retainCount + forgetCount
const images = {
  data: Uint8Array.from({ length: count * imageSize * imageSize * 3 }, () => 256 * random()),
  count,
  height: imageSize,
  width: imageSize,
  channels: 3,
}
const rows = Array.from({ length: count }, (_, row) => row)
const control = { signal: new AbortController().signal, now: () => performance.now() }

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

// The first epoch warms up.
const boundaries = []
const { checkpoint } = await pretrain({
  recipe: { ...recipe, epochs: epochs + 1 },
  images,
  ...control,
  onCheckpoint: () => void boundaries.push(cpuSeconds()),
})
const startedAt = cpuSeconds()
await unlearn({
  recipe,
  unlearning,
  parent: checkpoint,
  retain: selectImages(images, rows.slice(forgetCount)),
  forget: selectImages(images, rows.slice(0, forgetCount)),
  ...control,
})
process.send({
  backend: device.backend,
  epochSeconds: (boundaries.at(-1) - boundaries[0]) / epochs,
  unlearnSeconds: cpuSeconds() - startedAt,
})
