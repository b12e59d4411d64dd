import { accuracyOf, onlyLabelled, type LabelledFeatures } from './labelled-features.js'
import { fitLinearProbe, type LinearProbe } from './linear-probe.js'
import { areaUnderCurve, nonMemberShareByClassifier, nonMemberShareByThreshold } from './membership.js'
import { viewAgreement } from './view-agreement.js'

/** Samples that a model was left, never saw, or was to forget. */
export interface EvaluatedSet extends LabelledFeatures {
  /** Backbone features of several views of each sample, [n · d] a view. */
  readonly views: readonly Float32Array[]
}

export interface EvaluatedSets {
  readonly retain: EvaluatedSet
  readonly test: EvaluatedSet
  readonly unlearn: EvaluatedSet
}

/** Shares from 0 to 1. Null is "not applicable": without labels there is nothing to probe. */
export interface WhiteBoxMetrics {
  /** RA, TA and UA: accuracy of a linear probe on retain, test and unlearn samples. */
  readonly retainAccuracy: number | null
  readonly testAccuracy: number | null
  readonly unlearnAccuracy: number | null
  /** EMIA (EncoderMI-T): share of unlearn samples that their views' agreement gives away as never seen. */
  readonly encoderNonMembers: number
  /** AUC of that agreement, unlearn against test samples: 0.5 where they cannot be told apart. */
  readonly encoderAuc: number
  /** CMIA: the same share by the probe's confidence in the true label. */
  readonly confidenceNonMembers: number | null
}

/** The five of arXiv 2406.03603, table 1; known members are retain samples, known non-members test samples. */
export function whiteBoxMetrics({ retain, test, unlearn }: EvaluatedSets): WhiteBoxMetrics {
  const [members, nonMembers, asked] = [retain, test, unlearn].map(agreementOf) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  return {
    ...probeMetrics(onlyLabelled(retain), onlyLabelled(test), onlyLabelled(unlearn)),
    encoderNonMembers: nonMemberShareByThreshold(members, nonMembers, asked),
    encoderAuc: areaUnderCurve(asked, nonMembers),
  }
}

const agreementOf = ({ labels, views }: EvaluatedSet): Float64Array =>
  viewAgreement(views, (views[0]?.length ?? 0) / labels.length)

function probeMetrics(retain: LabelledFeatures, test: LabelledFeatures, unlearn: LabelledFeatures) {
  if ([retain, test, unlearn].some(({ labels }) => labels.length === 0))
    return { retainAccuracy: null, testAccuracy: null, unlearnAccuracy: null, confidenceNonMembers: null }
  const probe = fitLinearProbe(retain)
  const [members, nonMembers, asked] = [retain, test, unlearn].map((set) => confidencesOf(probe, set)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  const accuracy = ({ features, labels }: LabelledFeatures) => accuracyOf(probe.predict(features), labels)
  return {
    retainAccuracy: accuracy(retain),
    testAccuracy: accuracy(test),
    unlearnAccuracy: accuracy(unlearn),
    confidenceNonMembers: nonMemberShareByClassifier(members, nonMembers, asked),
  }
}

/** What the probe gives the true class; 0 for a class that it was never shown. */
function confidencesOf(probe: LinearProbe, { features, labels }: LabelledFeatures): Float32Array {
  const probabilities = probe.probabilities(features)
  return Float32Array.from(labels, (label, row) =>
    label < probe.classes ? (probabilities[row * probe.classes + label] as number) : 0,
  )
}

const GAP_METRICS = [
  'retainAccuracy',
  'testAccuracy',
  'unlearnAccuracy',
  'encoderNonMembers',
  'confidenceNonMembers',
] as const

/** Mean absolute distance to a retrained model over RA, TA, UA, EMIA and CMIA, in percentage points; null without labels. */
export function averageGap(metrics: WhiteBoxMetrics, retrained: WhiteBoxMetrics): number | null {
  const gaps = GAP_METRICS.flatMap((name) => {
    const [own, reference] = [metrics[name], retrained[name]]
    return own === null || reference === null ? [] : [Math.abs(own - reference)]
  })
  return gaps.length < GAP_METRICS.length ? null : (100 * gaps.reduce((sum, gap) => sum + gap, 0)) / gaps.length
}
