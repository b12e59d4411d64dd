/** Backbone features, row by row, each with a class. */
export interface LabelledFeatures {
  /** [n · d] */
  readonly features: Float32Array
  /** [n], numbered from 0; negative means none. */
  readonly labels: Int32Array
}

export const dimensionOf = ({ features, labels }: LabelledFeatures): number => features.length / labels.length

/** Without the rows that have no class. */
export function onlyLabelled({ features, labels }: LabelledFeatures): LabelledFeatures {
  const kept = [...labels.keys()].filter((row) => (labels[row] as number) >= 0)
  const dimension = features.length / Math.max(1, labels.length)
  const rows = new Float32Array(kept.length * dimension)
  kept.forEach((row, place) => rows.set(features.subarray(row * dimension, (row + 1) * dimension), place * dimension))
  return { features: rows, labels: Int32Array.from(kept, (row) => labels[row] as number) }
}

/** Share of predictions that are right; NaN for none. */
export const accuracyOf = (predicted: Int32Array, labels: Int32Array): number =>
  predicted.reduce((right, label, row) => right + (label === labels[row] ? 1 : 0), 0) / labels.length
