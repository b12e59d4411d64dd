import type { Progress } from '@lethe/domain'
import { Presets, SingleBar } from 'cli-progress'
import { formatDuration } from './format-quantities.js'

export interface ProgressView {
  update(progress: Progress): void
  stop(): void
}

/** Where there is no terminal, so often a line. */
const lineMs = 10_000

/** A bar on a terminal; elsewhere now and then a line. */
export function showProgress(stream: NodeJS.WriteStream = process.stderr): ProgressView {
  return stream.isTTY ? bar(stream) : lines(stream)
}

function bar(stream: NodeJS.WriteStream): ProgressView {
  const shown = new SingleBar(
    { stream, format: '{phase} [{bar}] {percentage} %  {detail}', barsize: 24, hideCursor: true, linewrap: null },
    Presets.rect,
  )
  let isStarted = false
  return {
    update: (progress) => {
      const payload = { phase: progress.phase, detail: describeProgress(progress) }
      const value = Math.floor(progress.fraction * 1000)
      if (isStarted) shown.update(value, payload)
      else shown.start(1000, value, payload)
      isStarted = true
    },
    stop: () => shown.stop(),
  }
}

function lines(stream: NodeJS.WriteStream): ProgressView {
  let toldAt = -Infinity
  return {
    update: (progress) => {
      if (progress.fraction < 1 && performance.now() - toldAt < lineMs) return
      toldAt = performance.now()
      stream.write(`${progress.phase} ${Math.floor(progress.fraction * 100)} %  ${describeProgress(progress)}\n`)
    },
    stop: () => undefined,
  }
}

/** One line: where the run is, how fast, and how long it will take. */
export function describeProgress({
  epoch,
  epochs,
  step,
  loss,
  samplesPerSecond,
  viewWaitShare,
  etaSeconds,
}: Progress): string {
  const parts = [
    epoch === undefined ? step !== undefined && `${step} samples` : `epoch ${epoch}/${epochs ?? '?'}`,
    loss !== undefined && `loss ${loss.toFixed(4)}`,
    samplesPerSecond !== undefined && `${Math.round(samplesPerSecond)} pictures/s`,
    viewWaitShare !== undefined && viewWaitShare >= 0.005 && `${Math.round(viewWaitShare * 100)} % waiting for views`,
    etaSeconds !== undefined && `${formatDuration(etaSeconds)} left`,
  ]
  return parts.filter((part) => part !== false).join('  ')
}
