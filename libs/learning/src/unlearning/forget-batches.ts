import { randomIndex, randomStream } from '@lethe/domain'
import type { SampleBatch } from '../methods/sample-batch.js'
import { shuffledBatches, stratifiedBatches, type SetSizes } from '../training/batches.js'

const PARTNERS = 0x70617274

/** Which sets a forget sample belongs to in every batch; see `BatchSample`. */
const RETAIN = 0
const FORGET = 1

export interface MixedBatch extends SampleBatch {
  /** Per sample, 1 where it is to be forgotten. */
  readonly mask: Float32Array
}

interface MixedBatchOptions {
  readonly seed: number
  readonly epoch: number
  readonly swap: boolean
  readonly withThirds: boolean
}

/**
 * The epoch's batches over both sets, each with its share of forget samples; retain samples stand first. With `swap`, the
 * partner of a forget sample is another forget sample; with `withThirds`, each forget sample has a third view.
 */
export function* mixedBatches(
  sizes: SetSizes,
  batchSize: number,
  { seed, epoch, swap, withThirds }: MixedBatchOptions,
): Generator<MixedBatch> {
  for (const { retain, forget } of stratifiedBatches(sizes, batchSize, seed, epoch)) {
    const partners = swap ? partnersOf(forget, sizes.forget, seed, epoch) : forget
    yield {
      seed,
      epoch,
      thirds: withThirds ? forget.length : 0,
      samples: [
        ...Array.from(retain, (index) => ({ set: RETAIN, index, partner: index })),
        ...Array.from(forget, (index, k) => ({ set: FORGET, index, partner: partners[k] as number })),
      ],
      mask: Float32Array.from({ length: retain.length + forget.length }, (_, row) => (row < retain.length ? 0 : 1)),
    }
  }
}

/** The epoch's batches over the forget set alone; one batch where it has fewer samples than a batch takes. */
export function* forgetOnlyBatches(
  count: number,
  batchSize: number,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Generator<SampleBatch> {
  for (const indices of shuffledBatches(count, Math.min(batchSize, count), seed, epoch))
    yield {
      seed,
      epoch,
      thirds: 0,
      samples: Array.from(indices, (index) => ({ set: FORGET, index, partner: index })),
    }
}

/** π: for each forget sample another one, uniform over the rest of the forget set. */
function partnersOf(indices: Int32Array, count: number, seed: number, epoch: number): Int32Array {
  return indices.map((index) => {
    const other = randomIndex(randomStream(seed, PARTNERS, epoch, index), count - 1)
    return other < index ? other : other + 1
  })
}
