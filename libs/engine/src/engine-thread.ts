import { prepareTensorflowEnvironment, type BackendChoice } from '@lethe/device'
import { DomainError, type Progress } from '@lethe/domain'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { prepareTransfer } from './own-bytes.js'
import type {
  CheckpointBytes,
  EngineDevice,
  EngineFailure,
  EngineNews,
  EngineOrder,
  EngineSetup,
  Job,
  JobResult,
} from './protocol.js'
import { defaultViewThreads } from './view-pool.js'

export interface EngineOptions {
  readonly backend: BackendChoice
  readonly tfjsNodeDir?: string | undefined
  /** Threads that draw views for training, 0 for none besides the engine's; default `defaultViewThreads`. */
  readonly viewThreads?: number | undefined
  /** The compiled entry; beside this file unless a test says otherwise. */
  readonly entry?: URL
}

export interface JobHandlers {
  /** Aborting stops the job; `mayFinishEpoch` says whether it may first reach a place to resume from. */
  readonly signal: AbortSignal
  readonly mayFinishEpoch: () => boolean
  /** How long it may take to get there, milliseconds. */
  readonly boundaryPatienceMs?: number
  readonly onProgress: (progress: Progress) => void
  readonly onCheckpoint: (checkpoint: CheckpointBytes) => void
}

/** How long a job has to reach the end of its epoch, unless said otherwise, and then to stop, before its thread is ended. */
const patienceMs = { boundary: 5000, stop: 1000 }

/** The main thread's side of the engine: starts it, gives it one job at a time, and replaces it when it does not obey. */
export class EngineThread {
  #worker: Worker | null = null
  #device: EngineDevice | null = null
  #jobs = 0

  private constructor(private readonly options: EngineOptions) {}

  /** @throws DomainError BACKEND_UNAVAILABLE. */
  static async start(options: EngineOptions): Promise<EngineThread> {
    const engine = new EngineThread(options)
    await engine.#ensureWorker()
    return engine
  }

  get device(): EngineDevice {
    if (!this.#device) throw new Error('The engine has not started.')
    return this.#device
  }

  get isReady(): boolean {
    return this.#worker !== null
  }

  /** Resolves with the result; rejects with a refusal, an accident, or `signal.reason`. */
  async run(work: Job, handlers: JobHandlers): Promise<JobResult> {
    const worker = await this.#ensureWorker()
    const job = ++this.#jobs
    const stopping = new Stopping(worker, job, handlers)
    const ended = new AbortController()
    try {
      return await new Promise<JobResult>((resolve, reject) => {
        const onNews = (news: EngineNews): void => {
          if (!('job' in news) || news.job !== job) return
          if (news.type === 'progress') handlers.onProgress(news.progress)
          else if (news.type === 'checkpoint') handlers.onCheckpoint(news.checkpoint)
          else if (news.type === 'done') resolve(news.result)
          else if (news.type === 'failed') reject(errorOf(news.failure))
          else reject(reasonOf(handlers.signal))
        }
        const onEnd = (cause: unknown): void =>
          reject(handlers.signal.aborted ? reasonOf(handlers.signal) : endOf(cause))
        worker.on('message', onNews).once('error', onEnd).once('exit', onEnd)
        ended.signal.addEventListener('abort', () => {
          worker.off('message', onNews).off('error', onEnd).off('exit', onEnd)
        })
        stopping.begin()
        const { value, transfer } = prepareTransfer<EngineOrder>({ type: 'start', job, work })
        worker.postMessage(value, transfer)
        if (handlers.signal.aborted) stopping.ask()
      })
    } finally {
      stopping.end()
      ended.abort()
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  async #ensureWorker(): Promise<Worker> {
    if (this.#worker) return this.#worker
    const { backend, tfjsNodeDir, viewThreads, entry = new URL('./engine.js', import.meta.url) } = this.options
    const workerData: EngineSetup = { backend, tfjsNodeDir, viewThreads: viewThreads ?? defaultViewThreads() }
    prepareTensorflowEnvironment()
    const worker = new Worker(entry, { workerData })
    const failed = once(worker, 'exit').then(() => {
      throw new Error('The engine ended while it started.')
    })
    const [news] = (await Promise.race([once(worker, 'message'), failed])) as [EngineNews]
    if (news.type !== 'ready') {
      await worker.terminate()
      throw errorOf(news.type === 'unavailable' ? news.failure : { message: 'The engine did not start.' })
    }
    failed.catch(() => undefined)
    worker.once('exit', () => (this.#worker = null))
    this.#device = news.device
    return (this.#worker = worker)
  }
}

/** Asks a job to stop with growing insistence; ends the thread when it does not listen. */
class Stopping {
  #timers: NodeJS.Timeout[] = []

  constructor(
    private readonly worker: Worker,
    private readonly job: number,
    private readonly handlers: JobHandlers,
  ) {}

  begin(): void {
    this.handlers.signal.addEventListener('abort', this.ask)
  }

  ask = (): void => {
    if (this.#timers.length > 0) return
    const { mayFinishEpoch, boundaryPatienceMs = patienceMs.boundary } = this.handlers
    const afterMs = mayFinishEpoch() ? boundaryPatienceMs : 0
    this.#tell(afterMs > 0 ? 'boundary' : 'now')
    this.#timers = [
      setTimeout(() => this.#tell('now'), afterMs),
      setTimeout(() => void this.worker.terminate(), afterMs + patienceMs.stop),
    ]
  }

  end(): void {
    this.handlers.signal.removeEventListener('abort', this.ask)
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #tell(when: 'boundary' | 'now'): void {
    this.worker.postMessage({ type: 'stop', job: this.job, when } satisfies EngineOrder)
  }
}

const errorOf = ({ code, message, field, stack }: EngineFailure): Error =>
  code === undefined
    ? Object.assign(new Error(message), stack === undefined ? {} : { stack })
    : new DomainError(code, message, field)

const reasonOf = ({ reason }: AbortSignal): Error => (reason instanceof Error ? reason : new Error('stopped'))

const endOf = (cause: unknown): Error =>
  cause instanceof Error ? cause : new Error(`The engine ended with code ${String(cause)}.`)
