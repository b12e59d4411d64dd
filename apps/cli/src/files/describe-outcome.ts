import type { TrainingOutcome } from './train-in-engine.js'
import { formatBytes, formatDuration } from './format-quantities.js'
import { tabulate } from './tabulate.js'

type Done = Extract<TrainingOutcome, { kind: 'done' }>

/** What a finished run made and cost. */
export function describeModel(directory: string, weightsDigest: string, { result, cost }: Done): string {
  const last = result.curve.at(-1)
  const forgotten = result.kind === 'unlearn' ? `, ${result.forgetCount} forgotten` : ''
  const scored = result.curve.findLast(({ knnAccuracy }) => knnAccuracy !== undefined)
  return tabulate([
    ['model', directory],
    ['weights', `${weightsDigest}, ${formatBytes(result.checkpoint.weights.length)}`],
    ['learned', `${result.trainCount} pictures${forgotten}`],
    ...(result.kind === 'unlearn' && result.resembling.length > 0
      ? [
          [
            'look-alikes',
            `${result.resembling.length} of those kept ${result.resembling.length === 1 ? 'resembles' : 'resemble'} one that was forgotten`,
          ] as const,
        ]
      : []),
    ...(last === undefined ? [] : [['loss', `${last.loss.toFixed(4)} in epoch ${last.epoch}`] as const]),
    ...(scored?.knnAccuracy === undefined
      ? []
      : [['k-NN', `${percent(scored.knnAccuracy)} of held-out pictures in epoch ${scored.epoch}`] as const]),
    ...(scored?.probeAccuracy === undefined ? [] : [['probe', percent(scored.probeAccuracy)] as const]),
    [
      'took',
      `${formatDuration(cost.wallSeconds)}, ${formatDuration(cost.cpuSeconds)} of CPU, ${formatBytes(cost.peakMemoryBytes)}`,
    ],
  ])
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

export const describeInterruption = (epoch: number | null, command: string): string =>
  epoch === null
    ? 'Interrupted before an epoch was finished: there is nothing to go on from.'
    : `Interrupted; ${epoch === 0 ? 'what earlier attempts finished' : `everything up to epoch ${epoch}`} is kept. Go on with:\n  ${command}`
