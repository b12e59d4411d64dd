// Inspects a dataset that is made while it is read, or one on disk, and sends what it took. A process of its own, so
// that its peak of memory is that of one dataset.
import { hrtime } from 'node:process'
import { inspectDataset, openSource, readCifar } from '@lethe/datasets'
import { cifarStream } from './cifar-stream.mjs'
import { readUsage } from './process-usage.mjs'

const { kind, count, source } = JSON.parse(process.argv[2])

const made = () => ({
  format: 'cifar-10',
  expected: count,
  [Symbol.asyncIterator]: () => readCifar(cifarStream(count), { kind: 'cifar-10', name: 'made' }),
})

/** Only the making, so that it can be taken off. */
async function drain() {
  let bytes = 0
  for await (const chunk of cifarStream(count)) bytes += chunk.length
  return { samples: count, bytes }
}

/** Making and reading, nothing looked at. */
async function read() {
  let samples = 0
  for await (const item of made()) samples += item.picture.width > 0 ? 1 : 0
  return { samples }
}

const runs = {
  make: drain,
  read,
  inspect: () => inspectDataset(made()),
  file: async () => inspectDataset(await openSource(source)),
}
const before = readUsage(process.pid)
const start = hrtime.bigint()
const result = await runs[kind]()
const seconds = Number(hrtime.bigint() - start) / 1e9
const { cpuSeconds, peakBytes } = readUsage(process.pid)
process.send({ ...result, seconds, cpuSeconds: cpuSeconds - before.cpuSeconds, peakBytes })
