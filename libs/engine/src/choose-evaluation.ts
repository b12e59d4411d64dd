import type { Pack, PackSelection } from '@lethe/datasets'
import { selectImages, type ContentId } from '@lethe/domain'
import type { ResumableRun } from '@lethe/learning'
import { chooseClasses, selectHeldOut } from './choose-sets.js'

type Evaluation = NonNullable<ResumableRun['evaluation']>

/** Pictures that an evaluation looks at, at most: it must cost little beside an epoch. */
const most = { train: 5000, test: 2000 }

/** What an epoch's features are judged by; undefined where nothing is asked for, or the samples have no classes. */
export function chooseEvaluation(
  pack: Pack,
  train: PackSelection,
  { excluded, evaluateEveryEpochs }: { excluded: readonly ContentId[]; evaluateEveryEpochs: number },
): Evaluation | undefined {
  if (evaluateEveryEpochs === 0) return undefined
  const test = selectHeldOut(pack, excluded)
  const [trainLabels, testLabels] = chooseClasses(train, test)
  if (test.count === 0 || !trainLabels || !testLabels) return undefined
  return {
    everyEpochs: evaluateEveryEpochs,
    train: spread(train, trainLabels, most.train),
    test: spread(test, testLabels, most.test),
  }
}

/** So many pictures at most, evenly spread over the set. */
function spread(images: PackSelection, labels: Int32Array, limit: number): Evaluation['train'] {
  const stride = Math.max(1, images.count / limit)
  const rows = Array.from({ length: Math.min(limit, images.count) }, (_, row) => Math.floor(row * stride))
  return { images: selectImages(images, rows), labels: Int32Array.from(rows, (row) => labels[row] as number) }
}
