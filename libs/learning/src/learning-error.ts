import { DomainError } from '@lethe/domain'

export type LearningErrorCode =
  /** The pictures do not have the size, or the number of bytes, that they say. */
  | 'IMAGES_INVALID'
  /** Fewer pictures than one batch needs. */
  | 'DATA_TOO_SMALL'
  /** CLIP without a caption for each picture. */
  | 'CAPTIONS_MISSING'
  | 'FORGET_SET_EMPTY'
  /** Alignment Calibration swaps forget samples among themselves and needs at least two. */
  | 'FORGET_SET_TOO_SMALL'
  /** A picture to be forgotten has an equal among those that are kept. */
  | 'DUPLICATE_ACROSS_SETS'
  /** Nothing would be left to learn from. */
  | 'RETAIN_SET_EMPTY'
  /** Bytes that are no checkpoint of ours. */
  | 'CHECKPOINT_INVALID'
  /** A checkpoint of another architecture, recipe or data set than the one asked for. */
  | 'CHECKPOINT_MISMATCH'
  /** The loss or a weight became infinite or not a number. */
  | 'LOSS_NOT_FINITE'
  /** A golden file that is not of the known format. */
  | 'GOLDEN_INVALID'

export function refuse(code: LearningErrorCode, message: string, field?: string): never {
  throw new DomainError(code, message, field)
}
