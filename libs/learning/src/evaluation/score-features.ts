import type { EpochScores } from '../checkpoint/training-state.js'
import { nearestNeighbourAccuracy } from './k-nearest.js'
import { accuracyOf, onlyLabelled, type LabelledFeatures } from './labelled-features.js'
import { fitLinearProbe } from './linear-probe.js'

/** What features are good for: nearest neighbours and a linear probe, learned on one set and judged on the other. */
export function scoreFeatures(train: LabelledFeatures, test: LabelledFeatures): EpochScores {
  const known = onlyLabelled(train)
  const asked = onlyLabelled(test)
  if (known.labels.length === 0 || asked.labels.length === 0) return {}
  return {
    knnAccuracy: nearestNeighbourAccuracy(known, asked),
    probeAccuracy: accuracyOf(fitLinearProbe(known).predict(asked.features), asked.labels),
  }
}
