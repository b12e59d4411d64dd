import type { MeasuredModel, SetScores } from '../judge/audit-data.js'
import { aucFrom, placements, type AucEstimate, type Placements } from '../statistics/de-long.js'

/** Scores of both sets by one quantity, and how well it tells them apart. */
export interface Scored {
  readonly scores: SetScores
  readonly placements: Placements
  /** Of forget against held-out samples. */
  readonly auc: AucEstimate
}

/**
 * Quantities by which membership shows and which no loss on projections contains: cosines of normalised projections say nothing of
 * their length, and nothing of the pooled features before the head.
 */
export type WitnessName = keyof MeasuredModel['witnesses']

export type Witnesses = Readonly<Partial<Record<WitnessName, Scored>>>

export function scored(scores: SetScores): Scored {
  const placed = placements(scores.forget, scores.heldOut)
  return { scores, placements: placed, auc: aucFrom(placed) }
}
