import type { BlobRef } from '@lethe/bus'
import type { Provenance } from '@lethe/domain'
import type { TrainingYield } from '@lethe/engine'

/** As many points as a result message holds. */
const maxPoints = 2000

export async function storeTraining(
  { checkpoint, curve, trainCount }: TrainingYield,
  keep: (bytes: Uint8Array) => Promise<BlobRef>,
  provenance: Provenance,
) {
  const { weights, state } = checkpoint
  return {
    checkpoint: { weights: await keep(weights), state: await keep(state) },
    curve: thin(curve),
    trainCount,
    provenance,
  }
}

/** Evenly spaced points of a long curve, its last one included. */
function thin<T>(curve: readonly T[]): T[] {
  if (curve.length <= maxPoints) return [...curve]
  const stride = Math.ceil(curve.length / maxPoints)
  return curve.filter((_, index) => (curve.length - 1 - index) % stride === 0)
}
