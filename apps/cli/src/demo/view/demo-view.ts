import type { Progress } from '@lethe/domain'

/** Where the demonstration shows itself. */
export interface DemoView {
  heading(text: string): void
  note(text: string): void
  /** Newest observation of one run; `label` names it for people. */
  progress(runId: string, label: string, progress: Progress): void
  finish(runId: string, label: string, outcome: string): void
  /** Ends all bars; nothing is drawn afterwards but text. */
  close(): void
}

const formatSeconds = (seconds: number): string =>
  seconds >= 90
    ? `${Math.floor(seconds / 60)} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`
    : `${Math.round(seconds)} s`

/** What is known of a run at this moment, in a few words. */
export function describeProgress({ phase, epoch, epochs, loss, samplesPerSecond, etaSeconds }: Progress): string {
  const parts = [
    phase,
    epoch !== undefined && epochs !== undefined ? `epoch ${epoch}/${epochs}` : '',
    loss !== undefined ? `loss ${loss.toFixed(3)}` : '',
    samplesPerSecond !== undefined ? `${Math.round(samplesPerSecond)} images/s` : '',
    etaSeconds !== undefined && etaSeconds >= 1 ? `${formatSeconds(etaSeconds)} left` : '',
  ]
  return parts.filter((part) => part !== '').join(' · ')
}
