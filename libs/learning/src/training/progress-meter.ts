import type { Progress } from '@lethe/domain'

export interface StepReport {
  readonly phase: string
  readonly epoch: number
  readonly step: number
  readonly loss: number
  readonly samples: number
}

/** Turns finished steps into `Progress`. Rates are means over this attempt, so that a resumed run does not count what it skipped. */
export class ProgressMeter {
  readonly #startMs: number
  #samples = 0
  #steps = 0
  #waitedMs = 0

  constructor(
    private readonly total: { readonly epochs: number; readonly steps: number },
    private readonly now: () => number,
  ) {
    this.#startMs = now()
  }

  /** Time for which a step had to wait for its views. */
  waited(ms: number): void {
    this.#waitedMs += ms
  }

  report({ phase, epoch, step, loss, samples }: StepReport): Progress {
    this.#samples += samples
    this.#steps += 1
    const elapsedSeconds = Math.max(1e-9, (this.now() - this.#startMs) / 1000)
    return {
      phase,
      fraction: Math.min(1, step / this.total.steps),
      epoch,
      epochs: this.total.epochs,
      step,
      steps: this.total.steps,
      loss,
      samplesPerSecond: this.#samples / elapsedSeconds,
      viewWaitShare: Math.min(1, this.#waitedMs / (1000 * elapsedSeconds)),
      etaSeconds: ((this.total.steps - step) * elapsedSeconds) / this.#steps,
    }
  }
}
