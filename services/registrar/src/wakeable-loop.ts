import type { Logger } from '@lethe/runtime'

/**
 * Calls `work` when woken and at the latest every `intervalMs`, never twice at once. Being woken meanwhile makes it run
 * once more. An accident is logged and tried again after `retryMs`.
 */
export class WakeableLoop {
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #again = false
  #stopped = false

  constructor(
    private readonly options: {
      readonly name: string
      readonly logger: Logger
      readonly intervalMs: number
      readonly retryMs: number
      readonly work: () => Promise<void>
    },
  ) {
    this.#schedule(0)
  }

  wake(): void {
    if (this.#running) this.#again = true
    else this.#schedule(0)
  }

  /** Resolves when what is in hand is done. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#running = this.#run()
    }, delayMs)
  }

  async #run(): Promise<void> {
    let delayMs = this.options.intervalMs
    try {
      do {
        this.#again = false
        await this.options.work()
      } while (this.#wantsMore())
    } catch (error) {
      this.options.logger.warn({ err: error, loop: this.options.name }, 'put off after an accident')
      delayMs = this.options.retryMs
    }
    this.#running = undefined
    this.#schedule(delayMs)
  }

  #wantsMore(): boolean {
    return this.#again && !this.#stopped
  }
}
