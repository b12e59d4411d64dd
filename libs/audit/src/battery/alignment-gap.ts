import type { AuditTest } from '@lethe/domain'
import { alignmentGap, alignmentMatrix } from '../probe/alignment.js'
import type { ViewEmbeddings } from '../probe/view-embeddings.js'
import { matrixMeans, nodeBootstrapIntervals } from '../statistics/bootstrap.js'
import { figure, isOptimisedFor, streamOf, type TestContext } from './test-context.js'

/** Samples of a set that a stored matrix shows at most. */
export const MATRIX_LIMIT = 256

/**
 * A3. Mean change of positive alignment (diagonal of the gap) and of negative alignment (off it), pictures resampled, not pairs; beside
 * it the same of held-out pictures, for drift moves both.
 */
export function testAlignmentGap({ before, after, policy, method }: TestContext): AuditTest {
  const id = 'A3-alignment-gap'
  const random = streamOf(policy, id)
  const summarise = (first: ViewEmbeddings, second: ViewEmbeddings) => {
    const n = Math.min(MATRIX_LIMIT, first.count)
    const gap = alignmentGap(alignmentMatrix(first, n), alignmentMatrix(second, n))
    return { ...matrixMeans(gap, n), intervals: nodeBootstrapIntervals(gap, n, policy.alpha, policy.resamples, random) }
  }
  const forget = summarise(before.forget, after.forget)
  const heldOut = summarise(before.heldOut, after.heldOut)
  const { diagonal, offDiagonal, intervals } = forget
  const part = (label: string, value: number, interval: [number, number] | undefined) => ({
    label,
    effect: { value, interval: interval ?? null },
    p: null,
  })
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
    }; of held-out pictures by ${figure(-heldOut.diagonal)} and ${figure(-heldOut.offDiagonal)}.`,
    parts: [
      part('forget-off-diagonal', offDiagonal, intervals?.offDiagonal),
      part('held-out-diagonal', heldOut.diagonal, heldOut.intervals?.diagonal),
      part('held-out-off-diagonal', heldOut.offDiagonal, heldOut.intervals?.offDiagonal),
    ],
  }
}
