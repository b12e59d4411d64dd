import { createHash } from 'node:crypto'
import type { ContentId } from '@lethe/domain'
import { refuse } from './errors.js'
import type { Split } from './sample-metadata.js'

/** How samples of which the source names no split are dealt out. */
export interface SplitShares {
  /** 0.1 when missing. */
  readonly heldOut?: number
  /** None when missing. */
  readonly calibration?: number
  /** 0 when missing. */
  readonly seed?: number
}

/**
 * The split of a sample, by its content and the seed alone: the same picture falls into the same split whatever comes
 * before it, in every version of the dataset.
 */
export function drawSplit(id: ContentId, { heldOut = 0.1, calibration = 0, seed = 0 }: SplitShares = {}): Split {
  const place = createHash('sha256').update(`split ${seed} ${id}`).digest().readUIntBE(0, 6) / 2 ** 48
  if (place < heldOut) return 'held-out'
  return place < heldOut + calibration ? 'calibration' : 'train'
}

export function assertShares({ heldOut = 0.1, calibration = 0, seed = 0 }: SplitShares): void {
  if (!(heldOut >= 0 && calibration >= 0 && heldOut + calibration < 1))
    refuse(
      'DATASET_PARAMETERS',
      'The held-out and calibration shares must be at least 0 and leave some to train.',
      'splitShares',
    )
  if (!Number.isSafeInteger(seed)) refuse('DATASET_PARAMETERS', 'The seed must be a whole number.', 'splitShares.seed')
}
