import type { AuditTest } from '@lethe/domain'
import { alignmentGap, alignmentMatrix } from '../probe/alignment.js'
import { matrixMeans, nodeBootstrapIntervals } from '../statistics/bootstrap.js'
import { figure, isOptimisedFor, streamOf, type TestContext } from './test-context.js'

/** Samples of a set that a stored matrix shows at most. */
export const MATRIX_LIMIT = 256

/** A3. Mean change of positive alignment (diagonal of the gap) and of negative alignment (off it), samples resampled. */
export function testAlignmentGap({ before, after, policy, method }: TestContext): AuditTest {
  const id = 'A3-alignment-gap'
  const n = Math.min(MATRIX_LIMIT, before.forget.count)
  const gap = alignmentGap(alignmentMatrix(before.forget, n), alignmentMatrix(after.forget, n))
  const { diagonal, offDiagonal } = matrixMeans(gap, n)
  const intervals = nodeBootstrapIntervals(gap, n, policy.alpha, policy.resamples, streamOf(policy, id))
  return {
    id,
    optimisedFor: isOptimisedFor(id, method),
    effect: { value: diagonal, interval: intervals?.diagonal ?? null },
    p: null,
    power: null,
    outcome: 'informative',
    detail: `Positive alignment of forgotten pictures changed by ${figure(-diagonal)}, negative alignment by ${figure(-offDiagonal)}${
      intervals === null
        ? ''
        : ` (interval ${figure(-intervals.offDiagonal[1])} to ${figure(-intervals.offDiagonal[0])})`
    }.`,
  }
}
