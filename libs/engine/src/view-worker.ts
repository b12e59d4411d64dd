// Entry of a view thread: draws what it is told into shared memory. No tensors, nothing of its own to lose.
import { drawRows } from '@lethe/views'
import { parentPort, workerData } from 'node:worker_threads'
import { decodeRows, type ViewNews, type ViewOrder, type ViewWorkerData } from './view-protocol.js'

const port = parentPort
if (port === null) throw new Error('Views are drawn in a worker thread.')

const { sets, config } = workerData as ViewWorkerData
const lanes = new Map<number, SharedArrayBuffer>()

const tell = (news: ViewNews): void => port.postMessage(news)

port.on('message', ({ order, lane, memory, offset, rows }: ViewOrder) => {
  try {
    if (memory !== undefined) lanes.set(lane, memory)
    const target = lanes.get(lane)
    if (target === undefined) throw new Error('The lane has no memory.')
    const asked = decodeRows(rows)
    for (const { set, index } of asked)
      if (!(index >= 0 && index < (sets[set]?.count ?? 0))) throw new RangeError(`Set ${set} has no picture ${index}.`)
    drawRows(sets, config, asked, new Float32Array(target, offset * Float32Array.BYTES_PER_ELEMENT))
    tell({ order })
  } catch (error) {
    tell({ order, failure: error instanceof Error ? error.message : String(error) })
  }
})
