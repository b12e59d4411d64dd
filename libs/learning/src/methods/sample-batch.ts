import type { ViewRow } from '@lethe/views'

/** One sample of a batch. Sets are numbered as the view source numbers them: 0 is learned from, 1 is to be forgotten. */
export interface BatchSample {
  readonly set: number
  readonly index: number
  /** Sample of the same set whose view (or text) is the positive partner; `index` itself but for swapped forget samples. */
  readonly partner: number
}

export interface SampleBatch {
  /** Those to be learned from stand before those to be forgotten. */
  readonly samples: readonly BatchSample[]
  /** Keys of views. */
  readonly seed: number
  readonly epoch: number
  /** How many samples, the last ones, the objective asks one more view of (CLIP: their own text). */
  readonly thirds: number
}

/** View numbers: 0 and 1 are a sample's own pair, 2 is its third; a partner's view is numbered by its row from 3 on. */
export const ownView = ({ samples, seed, epoch }: SampleBatch, view: number): ViewRow[] =>
  samples.map(({ set, index }) => ({ set, index, seed: seed + set, epoch, view }))

export const thirdsOf = ({ samples, thirds }: SampleBatch): readonly BatchSample[] =>
  samples.slice(samples.length - thirds)

export const thirdView = (batch: SampleBatch): ViewRow[] => ownView({ ...batch, samples: thirdsOf(batch) }, 2)

/** A partner's view differs from every view that the partner has of its own. */
export const partnerView = ({ samples, seed, epoch }: SampleBatch): ViewRow[] =>
  samples.map(({ set, index, partner }, row) => ({
    set,
    index: partner,
    seed: seed + set,
    epoch,
    view: partner === index ? 1 : 3 + row,
  }))
