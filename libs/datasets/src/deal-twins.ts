import { assignTwins, commitToTwinSeed, pairTwins, type TwinCommitment, type TwinPairing } from '@lethe/domain'
import { refuse } from './errors.js'
import type { IngestedSample } from './intake.js'

export interface TwinOptions {
  readonly pairing: TwinPairing
  /** 32 random bytes that nobody has seen. */
  readonly seed: Uint8Array
}

/**
 * Tosses the coin of every pair of twins in the train split. The loser gets the split `twin` and is never trained on; both
 * bear the number of their pair.
 * @throws DomainError TWINS_INVALID, TWIN_SEED_INVALID; DATASET_PARAMETERS where there are no twins.
 */
export function dealTwins(
  samples: readonly IngestedSample[],
  options: TwinOptions | undefined,
): { samples: readonly IngestedSample[]; twins: TwinCommitment | null } {
  if (options === undefined) return { samples: samples.map(({ twin: _, ...sample }) => sample), twins: null }
  const commitment = commitToTwinSeed(options.seed)
  const pairs = pairTwins(
    samples.map((sample) => ({ ...sample, twin: sample.twin ?? null, isTrained: sample.split === 'train' })),
    options.pairing,
  )
  if (pairs.length === 0)
    refuse('DATASET_PARAMETERS', 'No two samples of the train split are twins; name pairs or leave twins out.', 'twins')
  const pairOf = new Map(pairs.flatMap(({ first, second }, pair) => [[first, pair] as const, [second, pair] as const]))
  const lost = new Set(assignTwins(pairs, options.seed).map(({ twin }) => twin))
  return {
    samples: samples.map(({ twin: _, ...sample }) => {
      const pair = pairOf.get(sample.contentId)
      if (pair === undefined) return sample
      return { ...sample, twin: String(pair), split: lost.has(sample.contentId) ? 'twin' : sample.split }
    }),
    twins: { pairing: options.pairing, pairs: pairs.length, commitment },
  }
}
