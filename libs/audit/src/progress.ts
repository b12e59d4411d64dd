import type { AuditOptions } from './audited-model.js'

export interface ProgressMeter {
  /** Pictures that were answered, or will not be. */
  readonly onAnswered: (pictures: number) => void
  readonly enter: (phase: 'embed' | 'utility' | 'statistics' | 'done') => void
}

/** Share of an audit that its questions take; the statistics take seconds. */
const ASKING = 0.95

/** Progress by pictures answered of those planned; the rest of the time is foretold from what they took. */
export function meterOf({ onProgress, now }: AuditOptions, planned: number): ProgressMeter {
  const startMs = now()
  let answered = 0
  let phase: Parameters<ProgressMeter['enter']>[0] = 'embed'
  const report = () => {
    const fraction = phase === 'done' ? 1 : Math.min(ASKING, (ASKING * answered) / Math.max(1, planned))
    const elapsedSeconds = (now() - startMs) / 1000
    const etaSeconds = Math.max(0, (elapsedSeconds * (1 - fraction)) / Math.max(fraction, 1e-9))
    onProgress?.({ phase, fraction, etaSeconds })
  }
  return {
    onAnswered: (pictures) => {
      answered += pictures
      report()
    },
    enter: (next) => {
      phase = next
      report()
    },
  }
}
