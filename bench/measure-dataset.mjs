import { fork } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { encodePng, writeWebDataset } from '@lethe/datasets'
import { cifarStream, planted } from './cifar-stream.mjs'

const worker = fileURLToPath(new URL('dataset-worker.mjs', import.meta.url))
const counts = [10_000, 100_000]
const FILES = 2000

/** Reading and inspecting datasets: how fast, and how memory grows with the number of samples. */
export async function measure(scratch, { million = false } = {}) {
  const streamed = []
  for (const count of million ? [...counts, 1_000_000] : counts) {
    const make = await run({ kind: 'make', count })
    const read = await run({ kind: 'read', count })
    const inspect = await run({ kind: 'inspect', count })
    streamed.push({ count, make, read, inspect, planted: planted(count) })
  }
  const files = []
  for (const [name, source] of await writeFormats(scratch))
    files.push({ name, ...(await run({ kind: 'file', source })) })
  return {
    figures: { streamed, files },
    tables: [
      readTable(streamed),
      inspectTable(streamed),
      {
        title: `Inspecting ${FILES} PNG of 32 × 32 (CIFAR: bare pixels) on disk`,
        columns: ['source', 'samples/s', 'CPU ms/sample', 'peak MiB', 'near', 'quarantined'],
        rows: files.map((each) => [
          each.name,
          each.samples / each.seconds,
          (each.cpuSeconds * 1000) / each.samples,
          each.peakBytes / 2 ** 20,
          each.nearDuplicates,
          each.quarantinedCount,
        ]),
      },
    ],
  }
}

/** CPU without that of making the pictures; samples/s are those of the whole run. */
const row = ({ count, make }, run) => {
  const cpuSeconds = Math.max(run.cpuSeconds - make.cpuSeconds, 0)
  return [count, count / run.seconds, cpuSeconds, (cpuSeconds / count) * 1e6, run.peakBytes / 2 ** 20]
}
const columns = ['samples', 'samples/s', 'CPU s', 'CPU µs/sample', 'peak MiB']

const readTable = (streamed) => ({
  title: 'Reading CIFAR-10 binary, made on the fly',
  columns,
  rows: streamed.map((each) => row(each, each.read)),
})

const inspectTable = (streamed) => ({
  title: 'Inspecting it: digests, duplicates, look-alikes',
  columns: [...columns, 'exact', 'of planted', 'near', 'of planted', 'unknown'],
  rows: streamed.map((each) => [
    ...row(each, each.inspect),
    each.inspect.exactDuplicates,
    each.planted.exact,
    each.inspect.nearDuplicates,
    each.planted.near,
    each.inspect.resemblanceUnknown,
  ]),
})

/** The same pictures in every format that can be written here. */
async function writeFormats(scratch) {
  mkdirSync(scratch, { recursive: true })
  const chunks = []
  for await (const chunk of cifarStream(FILES)) chunks.push(chunk)
  const cifar = Buffer.concat(chunks)
  const at = (name) => path.join(scratch, name)
  writeFileSync(at('data_batch_1.bin'), cifar)
  const pictures = []
  for (let row = 0; row < FILES; row++) pictures.push(await encodePng(interleaved(cifar, row), 32))
  const samples = pictures.map((picture, i) => ({
    key: String(i).padStart(6, '0'),
    picture,
    label: `picture ${i}`,
    owner: 'bench',
    split: 'train',
  }))
  const tar = await writeWebDataset(samples)
  writeFileSync(at('shard.tar'), tar)
  writeFileSync(at('shard.tar.gz'), gzipSync(tar, { level: 1 }))
  for (const [i, { key, picture }] of samples.entries()) {
    const folder = at(`folder/class-${i % 10}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, `${key}.png`), picture)
  }
  const lines = samples.map(({ key, label }, i) => `folder/class-${i % 10}/${key}.png,${label}\n`)
  writeFileSync(at('pairs.csv'), `image,caption\n${lines.join('')}`)
  const names = ['data_batch_1.bin', 'shard.tar', 'shard.tar.gz', 'folder', 'pairs.csv']
  return names.map((name) => [name, at(name)])
}

function interleaved(cifar, row) {
  const planes = cifar.subarray(row * 3073 + 1, (row + 1) * 3073)
  return Uint8Array.from({ length: 3072 }, (_, i) => planes[(i % 3) * 1024 + Math.floor(i / 3)])
}

function run(options) {
  return new Promise((resolve, reject) => {
    const child = fork(worker, [JSON.stringify(options)])
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`${options.kind} ended with code ${code}`)))
  })
}
