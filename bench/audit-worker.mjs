// Audits simulated models and tells what it cost beyond their answers. Answers are cheap functions of the pictures; what they
// cost is measured apart and taken off.
import { AUDIT_EPOCH, runAudit } from '@lethe/audit'
import { AuditPolicy, randomStream, selectImages } from '@lethe/domain'
import { drawViews } from '@lethe/views'

const { forget, heldOut, retain, views, resamples, side } = JSON.parse(process.argv[2])
const DIMENSIONS = { projection: 128, features: 512 }
const size = side * side * 3

const random = randomStream(1)
const all = {
  data: Uint8Array.from({ length: (forget + heldOut + retain) * size }, () => 256 * random()),
  count: forget + heldOut + retain,
  height: side,
  width: side,
  channels: 3,
}
const part = (from, count) =>
  selectImages(
    all,
    Array.from({ length: count }, (_, index) => from + index),
  )
const labelled = (images) => ({ images, labels: Int32Array.from({ length: images.count }, (_, row) => row % 10) })

let answeringMs = 0
/** Random sums of pixels: smooth, and different for every picture. */
function embedder(seed, dimension) {
  const stream = randomStream(seed)
  const taps = Int32Array.from({ length: dimension * 8 }, () => size * stream())
  return (images) => {
    const started = process.cpuUsage()
    const count = images.length / size
    const answer = new Float32Array(count * dimension)
    for (let row = 0; row < count; row++)
      for (let k = 0; k < dimension; k++) {
        let sum = -4
        for (let tap = 0; tap < 8; tap++) sum += images[row * size + taps[k * 8 + tap]]
        answer[row * dimension + k] = sum
      }
    const { user, system } = process.cpuUsage(started)
    answeringMs += (user + system) / 1000
    return Promise.resolve(answer)
  }
}
const model = (role) => ({
  label: role,
  role,
  method: null,
  embed: embedder(2, DIMENSIONS.projection),
  embedFeatures: embedder(3, DIMENSIONS.features),
})

const startedAt = process.cpuUsage()
const { report } = await runAudit({
  before: model('before'),
  after: model('after'),
  references: [],
  forget: labelled(part(0, forget)),
  heldOut: labelled(part(forget, heldOut)),
  retain: labelled(part(forget + heldOut, retain)),
  drawViews: (images, seed, view) =>
    drawViews(images, { strength: 0.5, flip: true }, { seed, epoch: AUDIT_EPOCH, view }),
  policy: AuditPolicy.parse({ version: 1, views, resamples }),
  method: 'alignment-calibration',
  signal: new AbortController().signal,
  now: () => performance.now(),
})
const { user, system } = process.cpuUsage(startedAt)
process.send({
  pictures: report.asked.reduce((sum, { pictures }) => sum + pictures, 0),
  cpuSeconds: (user + system) / 1e6,
  beyondSeconds: (user + system) / 1e6 - answeringMs / 1000,
  peakBytes: process.resourceUsage().maxRSS * 1024,
})
process.exit(0)
