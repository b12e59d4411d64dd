import { DomainError, type PackedImages, type ViewConfig } from '@lethe/domain'
import { viewsOnThisThread, type OpenViewSource, type ViewRow, type ViewSource } from '@lethe/views'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { encodeRows, type SharedPictures, type ViewNews, type ViewOrder, type ViewWorkerData } from './view-protocol.js'

export type ViewPoolErrorCode =
  /** A thread that drew views ended by itself; nothing more can be drawn. */
  | 'VIEW_THREAD_LOST'
  /** The source was closed while, or before, views were asked for. */
  | 'VIEWS_CLOSED'

/** Orders drawn at once: the batch in hand and the one behind it. Further ones wait, so memory stays bounded. */
const LANES = 2

/** One core is left to the training; more than four threads have never been needed. */
export const defaultViewThreads = (): number => Math.min(4, Math.max(1, availableParallelism() - 1))

/**
 * Draws views on so many threads, each source on threads of its own; 0 draws on the calling thread. What is drawn is the
 * same for any number: every row carries its whole key.
 */
export function openViewPool(threads: number, entry = new URL('./view-worker.js', import.meta.url)): OpenViewSource {
  if (!Number.isInteger(threads) || threads < 0)
    throw new RangeError(`The number of view threads is a whole number from 0, not ${threads}.`)
  return threads === 0 ? viewsOnThisThread : (sets, config) => new ViewThreads({ threads, entry, sets, config })
}

interface Lane {
  readonly number: number
  memory: SharedArrayBuffer
  /** Threads that know the present memory. */
  readonly told: Set<Worker>
}

interface Order {
  /** Threads that have not answered yet. */
  missing: number
  failure?: string | undefined
  readonly done: () => void
  readonly failed: (error: Error) => void
}

class ViewThreads implements ViewSource {
  readonly #workers: Worker[]
  readonly #orders = new Map<number, Order>()
  readonly #free: Lane[]
  readonly #waiting: ((lane: Lane | null) => void)[] = []
  readonly #rowSize: number
  #lastOrder = 0
  #end: DomainError<ViewPoolErrorCode> | null = null

  constructor(options: { threads: number; entry: URL; sets: readonly PackedImages[]; config: ViewConfig }) {
    const sets = options.sets.map(share)
    const [first] = sets
    this.#rowSize = first === undefined ? 0 : first.height * first.width * first.channels
    this.#free = Array.from({ length: LANES }, (_, number) => ({
      number,
      memory: new SharedArrayBuffer(0),
      told: new Set(),
    }))
    const workerData: ViewWorkerData = { sets, config: options.config }
    this.#workers = Array.from({ length: options.threads }, () => this.#startWorker(options.entry, workerData))
  }

  draw(rows: readonly ViewRow[]): Promise<Float32Array> {
    const drawn = this.#draw(rows)
    // A batch that was ordered ahead and is not wanted any more must not end the process when the source closes.
    drawn.catch(() => undefined)
    return drawn
  }

  async close(): Promise<void> {
    this.#stop(new DomainError('VIEWS_CLOSED', 'The source of views is closed.'))
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  async #draw(rows: readonly ViewRow[]): Promise<Float32Array> {
    if (this.#end !== null) throw this.#end
    const lane = this.#free.pop() ?? (await new Promise<Lane | null>((resolve) => this.#waiting.push(resolve)))
    if (lane === null) throw this.#end ?? new Error('No lane and no reason.')
    try {
      const length = rows.length * this.#rowSize
      reserve(lane, length * Float32Array.BYTES_PER_ELEMENT)
      await this.#drawInto(lane, rows)
      return new Float32Array(lane.memory, 0, length).slice()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free.push(lane)
      else next(lane)
    }
  }

  /** Every thread draws a stretch of the rows. */
  #drawInto(lane: Lane, rows: readonly ViewRow[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve()
    const order = ++this.#lastOrder
    const stretch = Math.ceil(rows.length / this.#workers.length)
    const busy = this.#workers.slice(0, Math.ceil(rows.length / stretch))
    return new Promise((done, failed) => {
      this.#orders.set(order, { missing: busy.length, done, failed })
      busy.forEach((worker, at) => {
        const from = at * stretch
        const encoded = encodeRows(rows, from, Math.min(rows.length, from + stretch))
        const memory = lane.told.has(worker) ? undefined : lane.memory
        lane.told.add(worker)
        const message: ViewOrder = {
          order,
          lane: lane.number,
          memory,
          offset: from * this.#rowSize,
          rows: encoded,
        }
        worker.postMessage(message, [encoded.buffer])
      })
    })
  }

  #startWorker(entry: URL, workerData: ViewWorkerData): Worker {
    const worker = new Worker(entry, { workerData })
    worker.on('message', ({ order, failure }: ViewNews) => this.#settle(order, failure))
    const lost = (cause: string): void =>
      this.#stop(
        new DomainError(
          'VIEW_THREAD_LOST',
          `A thread that draws views ended (${cause}); run it again, or with viewThreads 0.`,
          'viewThreads',
        ),
      )
    worker.once('error', (error: unknown) => lost(error instanceof Error ? error.message : String(error)))
    worker.once('exit', (code) => lost(`code ${code}`))
    return worker
  }

  /** Waits for every thread, also when one failed: the lane's memory must be nobody's before it is given away again. */
  #settle(number: number, failure: string | undefined): void {
    const order = this.#orders.get(number)
    if (order === undefined) return
    order.failure ??= failure
    order.missing -= 1
    if (order.missing > 0) return
    this.#orders.delete(number)
    if (order.failure === undefined) order.done()
    else order.failed(new Error(order.failure))
  }

  /** The first reason is the one that is told. */
  #stop(reason: DomainError<ViewPoolErrorCode>): void {
    this.#end ??= reason
    for (const { failed } of this.#orders.values()) failed(this.#end)
    this.#orders.clear()
    for (const wake of this.#waiting.splice(0)) wake(null)
  }
}

/** Grows a lane that no thread is drawing into. */
function reserve(lane: Lane, bytes: number): void {
  if (lane.memory.byteLength >= bytes) return
  lane.memory = new SharedArrayBuffer(bytes)
  lane.told.clear()
}

/** Pictures in memory that threads share; copied only where they are not there already. */
function share({ data, count, height, width, channels }: PackedImages): SharedPictures {
  if (data.buffer instanceof SharedArrayBuffer) return { data, count, height, width, channels }
  const shared = new Uint8Array(new SharedArrayBuffer(data.length))
  shared.set(data)
  return { data: shared, count, height, width, channels }
}
