import type { ViewRow } from '@lethe/views'

/** One sample of a batch. Sets are numbered as the view source numbers them: 0 is learned from, 1 is to be forgotten. */
export interface BatchSample {
  readonly set: number
  readonly index: number
  /** Sample of the same set whose view (or text) is the positive partner; `index` itself but for swapped forget samples. */
  readonly partner: number
}

export interface SampleBatch {
  readonly samples: readonly BatchSample[]
  /** Keys of views. */
  readonly seed: number
  readonly epoch: number
  /** Whether the objective asks for one more view (CLIP: the sample's own text) of each sample. */
  readonly withThird: boolean
}

/** View numbers: 0 and 1 are a sample's own pair, 2 is its third; a partner's view is numbered by its row from 3 on. */
export const ownView = ({ samples, seed, epoch }: SampleBatch, view: number): ViewRow[] =>
  samples.map(({ set, index }) => ({ set, index, seed: seed + set, epoch, view }))

/** A partner's view differs from every view that the partner has of its own. */
export const partnerView = ({ samples, seed, epoch }: SampleBatch): ViewRow[] =>
  samples.map(({ set, index, partner }, row) => ({
    set,
    index: partner,
    seed: seed + set,
    epoch,
    view: partner === index ? 1 : 3 + row,
  }))
