import type { LossPoint } from '@/charts/loss-curve'
import type { RunProgressSubscription } from '@/gql/graphql'

type Observation = RunProgressSubscription['runProgress']

export interface Seen {
  attempt: number
  latest: Observation | null
  losses: readonly LossPoint[]
}

export const nothingSeen: Seen = { attempt: 0, latest: null, losses: [] }

/** Adds an observation at its share of the run: a new attempt begins a new curve, what is told twice replaces itself. */
export function addObservation(seen: Seen, observation: Observation): Seen {
  const isNewAttempt = observation.attempt !== seen.attempt
  const losses = isNewAttempt ? [] : seen.losses
  const { loss, fraction } = observation.progress
  if (loss == null) return { attempt: observation.attempt, latest: observation, losses }
  const at = Math.round(fraction * 10_000) / 100
  const kept = (losses.at(-1)?.at ?? -1) >= at ? losses.filter((point) => point.at < at) : losses
  return { attempt: observation.attempt, latest: observation, losses: [...kept, { at, loss }] }
}
