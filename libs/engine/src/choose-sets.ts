import { selectImages, type Pack, type PackSelection } from '@lethe/datasets'
import { DomainError, type ContentId } from '@lethe/domain'

export interface ChosenSets {
  readonly retain: PackSelection
  readonly forget: PackSelection
}

const trainable = (pack: Pack, excluded: readonly ContentId[]): Set<ContentId> => {
  const without = new Set(excluded)
  return new Set(
    pack.samples.flatMap(({ contentId, split }) => (split === 'train' && !without.has(contentId) ? [contentId] : [])),
  )
}

/** The train split without what was forgotten before. @throws DomainError TRAIN_SET_EMPTY, TRAIN_SET_TOO_SMALL. */
export function chooseTrainSet(pack: Pack, excluded: readonly ContentId[]): PackSelection {
  const train = trainable(pack, excluded)
  if (train.size < 2)
    throw new DomainError(
      train.size === 0 ? 'TRAIN_SET_EMPTY' : 'TRAIN_SET_TOO_SMALL',
      `${train.size === 0 ? 'No sample is' : 'One sample is'} left to train on, and contrasts need two or more; ` +
        'register a dataset with more samples in its train split.',
      'pack',
    )
  return selectImages(pack, ({ contentId }) => train.has(contentId))
}

/** What is known of a forget set beside its samples. */
export interface ForgetFacts {
  /**
   * How many of them the model learned from. The others are then passed over: held out, of another dataset, or
   * forgotten already. Where it is missing, each must have been learned.
   */
  readonly learnedCount?: number | undefined
  /** Samples that are forgotten in the same run for somebody else: neither forgotten nor retained here. */
  readonly together?: readonly ContentId[] | undefined
}

/**
 * Splits the train set into what is forgotten and what is kept. Messages count samples and never name one.
 * @throws DomainError FORGET_SET_EMPTY, FORGET_SAMPLES_UNKNOWN, RETAIN_SET_EMPTY.
 */
export function chooseForgetAndRetain(
  pack: Pack,
  excluded: readonly ContentId[],
  forget: readonly ContentId[],
  { learnedCount, together = [] }: ForgetFacts = {},
): ChosenSets {
  const train = trainable(pack, excluded)
  // Who asks to be forgotten names the twins that a coin kept out of training, too: they are forgotten already.
  const twins = new Set(pack.samples.flatMap(({ contentId, split }) => (split === 'twin' ? [contentId] : [])))
  const named = new Set(forget.filter((contentId) => !twins.has(contentId)))
  const wanted = learnedCount === undefined ? named : new Set([...named].filter((contentId) => train.has(contentId)))
  assertForgettable({ named: named.size, wanted, train, learnedCount })
  const away = new Set([...wanted, ...together])
  const retain = [...train].filter((contentId) => !away.has(contentId)).length
  if (retain === 0)
    throw new DomainError(
      'RETAIN_SET_EMPTY',
      'The forget set is the whole train set; destroy the model instead of unlearning.',
      'forget',
    )
  return {
    forget: selectImages(pack, ({ contentId }) => wanted.has(contentId)),
    retain: selectImages(pack, ({ contentId }) => train.has(contentId) && !away.has(contentId)),
  }
}

function assertForgettable(sets: {
  named: number
  wanted: ReadonlySet<ContentId>
  train: ReadonlySet<ContentId>
  learnedCount: number | undefined
}): void {
  const { named, wanted, train, learnedCount } = sets
  if (wanted.size === 0)
    throw new DomainError('FORGET_SET_EMPTY', 'The forget set is empty; name at least one sample.', 'forget')
  const unknown = [...wanted].filter((contentId) => !train.has(contentId)).length
  if (unknown > 0)
    throw new DomainError(
      'FORGET_SAMPLES_UNKNOWN',
      `${unknown} of ${named} samples to forget are not among the ${train.size} that the model was trained on; ` +
        'choose samples of its train split that were not forgotten before.',
      'forget',
    )
  if (learnedCount !== undefined && wanted.size !== learnedCount)
    throw new DomainError(
      'FORGET_SAMPLES_UNKNOWN',
      `The model learned from ${wanted.size} of the samples to forget, and not from ${learnedCount} as is on record.`,
      'learnedCount',
    )
}

/** Pictures that no model was trained on; there may be none. */
export function selectHeldOut(pack: Pack, excluded: readonly ContentId[]): PackSelection {
  const without = new Set(excluded)
  return selectImages(pack, ({ contentId, split }) => split === 'held-out' && !without.has(contentId))
}

/** @throws DomainError HELD_OUT_EMPTY. */
export function chooseHeldOut(pack: Pack, excluded: readonly ContentId[]): PackSelection {
  const heldOut = selectHeldOut(pack, excluded)
  if (heldOut.count === 0)
    throw new DomainError(
      'HELD_OUT_EMPTY',
      'The dataset has no held-out samples to compare with; register one that has a held-out split.',
      'pack',
    )
  return heldOut
}

/**
 * One class per picture for k-NN accuracy: the group where samples have one, else the label where labels repeat.
 * Null where neither says anything; −1 for a picture without a class.
 */
export function chooseClasses(...sets: readonly PackSelection[]): (Int32Array | null)[] {
  const hasGroups = sets.some(({ groups }) => groups.some((group) => group !== null))
  const names = sets.map(({ groups, labels }) => (hasGroups ? groups : labels))
  const known = [...new Set(names.flat())].filter((name) => name !== null)
  const total = names.reduce((sum, part) => sum + part.length, 0)
  if (!hasGroups && known.length * 2 > total) return sets.map(() => null)
  const numbers = new Map(known.map((name, number) => [name, number]))
  return names.map((part) => Int32Array.from(part, (name) => (name === null ? -1 : (numbers.get(name) ?? -1))))
}
