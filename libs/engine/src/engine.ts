// Entry of the engine thread: the only place of a process where tensors live. It owns no connection, so that a busy
// loop starves nothing; see protocol.ts.
import { openDevice } from '@lethe/device'
import { isDomainError } from '@lethe/domain'
import { version } from '@tensorflow/tfjs'
import { parentPort, workerData } from 'node:worker_threads'
import { prepareTransfer } from './own-bytes.js'
import type { EngineFailure, EngineNews, EngineOrder, EngineSetup, Job } from './protocol.js'
import { runJob } from './run-job.js'
import { openViewPool } from './view-pool.js'

/** About four words of progress a second; the last one is never withheld. */
const progressMs = 250

const port = parentPort
if (port === null) throw new Error('The engine runs as a worker thread.')

const setup = workerData as EngineSetup

const tell = (news: EngineNews): void => {
  const { value, transfer } = prepareTransfer(news)
  port.postMessage(value, transfer)
}

const failureOf = (error: unknown): EngineFailure => {
  if (isDomainError(error)) {
    const { code, message, field } = error
    return { code, message, ...(field === undefined ? {} : { field }) }
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { message, ...(stack === undefined ? {} : { stack }) }
}

let current: { readonly job: number; readonly controller: AbortController; isStopWanted: boolean } | null = null

async function start(job: number, work: Job): Promise<void> {
  const controller = new AbortController()
  const running = { job, controller, isStopWanted: false }
  current = running
  let toldAt = -Infinity
  try {
    const result = await runJob(work, {
      signal: controller.signal,
      now: () => performance.now(),
      views: openViewPool(setup.viewThreads),
      onProgress: (progress) => {
        if (progress.fraction < 1 && performance.now() - toldAt < progressMs) return
        toldAt = performance.now()
        tell({ type: 'progress', job, progress })
      },
      onCheckpoint: (checkpoint) => tell({ type: 'checkpoint', job, checkpoint }),
      isStopWanted: () => running.isStopWanted,
      stop: () => controller.abort(),
    })
    tell({ type: 'done', job, result })
  } catch (error) {
    if (controller.signal.aborted) tell({ type: 'stopped', job })
    else tell({ type: 'failed', job, failure: failureOf(error) })
  } finally {
    current = null
  }
}

function stop(job: number, when: 'boundary' | 'now'): void {
  if (current?.job !== job) return
  current.isStopWanted = true
  if (when === 'now') current.controller.abort()
}

try {
  const device = await openDevice(setup)
  port.on('message', (order: EngineOrder) => {
    if (order.type === 'start') void start(order.job, order.work)
    else stop(order.job, order.when)
  })
  tell({ type: 'ready', device: { ...device, tfjsVersion: version.tfjs } })
} catch (error) {
  tell({ type: 'unavailable', failure: failureOf(error) })
}
