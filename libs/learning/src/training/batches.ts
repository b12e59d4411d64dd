import { randomStream, shuffledIndices } from '@lethe/domain'

/** Distinguishes the streams that one seed feeds. */
const ORDER = 0x6f72646572 % 2 ** 31
const FORGET_ORDER = 0x666f7267 % 2 ** 31

/** The epoch's order of `count` samples in batches of `batchSize`; the rest of the last batch is dropped. */
export function shuffledBatches(count: number, batchSize: number, seed: number, epoch: number): Int32Array[] {
  const order = shuffledIndices(count, randomStream(seed, ORDER, epoch))
  return Array.from({ length: Math.floor(count / batchSize) }, (_, batch) =>
    order.subarray(batch * batchSize, (batch + 1) * batchSize),
  )
}

/** How many samples each set has. */
export interface SetSizes {
  readonly retain: number
  readonly forget: number
}

export interface StratifiedBatch {
  /** Indices into the retain set. */
  readonly retain: Int32Array
  /** Indices into the forget set; never empty. */
  readonly forget: Int32Array
}

/**
 * The epoch's batches of `batchSize` over both sets, each with its share of forget samples and at least one. Forget samples
 * repeat within an epoch only where there are fewer of them than batches.
 */
export function stratifiedBatches(sizes: SetSizes, batchSize: number, seed: number, epoch: number): StratifiedBatch[] {
  const steps = stepsPerEpoch(sizes.retain + sizes.forget, batchSize)
  const retain = shuffledIndices(sizes.retain, randomStream(seed, ORDER, epoch))
  const forget = shuffledIndices(sizes.forget, randomStream(seed, FORGET_ORDER, epoch))
  let taken = 0
  return Array.from({ length: steps }, (_, step) => {
    const first = Math.floor((step * sizes.forget) / steps)
    const share = Math.min(batchSize - 1, Math.max(1, Math.floor(((step + 1) * sizes.forget) / steps) - first))
    const forgetInBatch = Int32Array.from({ length: share }, (_, k) => forget[(first + k) % sizes.forget] as number)
    const size = Math.min(batchSize - share, sizes.retain)
    const retainInBatch = Int32Array.from({ length: size }, (_, k) => retain[(taken + k) % sizes.retain] as number)
    taken += size
    return { retain: retainInBatch, forget: forgetInBatch }
  })
}

/** Whole batches in an epoch. */
export const stepsPerEpoch = (count: number, batchSize: number): number => Math.floor(count / batchSize)
