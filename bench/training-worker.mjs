// Trains on one backend and tells what it cost. The first epoch warms up and is not counted.
import { emojiScenario } from '@lethe/cli/demo'
import { ingestWebDataset, readPack, selectImages } from '@lethe/datasets'
import { openDevice } from '@lethe/device'
import { pretrain } from '@lethe/learning'

const { backend, tfjsNodeDir, epochs } = JSON.parse(process.argv[2])
const scenario = emojiScenario(backend)
const { pack } = await ingestWebDataset(await scenario.dataset.build(), { imageSize: scenario.dataset.imageSize })
const images = selectImages(readPack(pack), ({ split }) => split === 'train')
const device = await openDevice({ backend, tfjsNodeDir })

const boundaries = []
await pretrain({
  images,
  recipe: { ...scenario.recipe, epochs: epochs + 1 },
  signal: new AbortController().signal,
  now: () => performance.now(),
  onCheckpoint: () => void boundaries.push({ ms: performance.now(), cpu: process.cpuUsage() }),
})
const [from] = boundaries
const to = boundaries.at(-1)
const counted = images.count * (boundaries.length - 1)
const cpuMs = (to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system) / 1000
process.send({
  backend: device.backend,
  backendVersion: device.backendVersion,
  imagesPerSecond: counted / ((to.ms - from.ms) / 1000),
  cpuMsPerImage: cpuMs / counted,
  peakBytes: process.resourceUsage().maxRSS * 1024,
})
process.exit(0)
