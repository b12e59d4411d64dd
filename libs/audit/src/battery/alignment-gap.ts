import type { AuditTest } from '@lethe/domain'
import { alignmentGap } from '../probe/alignment.js'
import { matrixMeans, nodeBootstrapIntervals } from '../statistics/bootstrap.js'
import { figure, isOptimisedFor, streamOf, type TestContext } from './test-context.js'

/**
 * A3. Mean change of positive alignment (diagonal of the gap) and of negative alignment (off it), pictures resampled, not pairs; beside
 * it the same of held-out pictures, for drift moves both.
 */
export function testAlignmentGap({ before, after, policy, method }: TestContext): AuditTest {
  const id = 'A3-alignment-gap'
  const random = streamOf(policy, id)
  const summarise = (set: 'forget' | 'heldOut') => {
    const gap = alignmentGap(before.matrices[set], after.matrices[set])
    const n = Math.sqrt(gap.length)
    return { ...matrixMeans(gap, n), intervals: nodeBootstrapIntervals(gap, n, policy.alpha, policy.resamples, random) }
  }
  const forget = summarise('forget')
  const heldOut = summarise('heldOut')
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
