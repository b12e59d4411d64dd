import type { ModelMeasures } from '@lethe/domain'
import { type BomSource, packRef, type VersionStatement } from './bom-source.js'

/** CycloneDX 1.7 modelCard: parameters, what audits measured, what to consider. */
export function modelCardOf(version: VersionStatement, source: BomSource): object {
  const { predicate } = version
  const { recipe } = predicate.buildDefinition.externalParameters
  const audits = source.audits.filter(({ predicate: { after } }) => after === predicate.modelVersionId)
  return {
    modelParameters: {
      approach: { type: 'self-supervised' },
      task: 'feature-extraction',
      architectureFamily: recipe.framework,
      modelArchitecture: recipe.encoder.kind,
      datasets: [{ ref: packRef(predicate.data) }],
      inputs: [{ format: 'pictures, 8 bits, [n, height, width, 3]' }],
      outputs: [{ format: 'embeddings, float32, [n, d]' }],
    },
    ...(audits.length > 0 && {
      quantitativeAnalysis: {
        performanceMetrics: audits.flatMap(({ predicate: { auditId, models } }) =>
          models.filter(({ role }) => role === 'after').flatMap((measures) => metricsOf(measures, auditId)),
        ),
      },
    }),
    considerations: {
      useCases: ['Embedding pictures; distances between embeddings say how alike pictures are.'],
      technicalLimitations: limitationsOf(version, audits),
      ethicalConsiderations: [
        {
          name: 'Erasure of a data subject’s samples',
          mitigationStrategy:
            predicate.excluded.length === 0
              ? 'None was asked for when this version was made.'
              : `${predicate.excluded.length} forget set(s) were left out of training or unlearned; the evidence log has each as a salted commitment.`,
        },
      ],
    },
  }
}

const metrics = {
  membershipAuc: 'AUC of membership, forgotten against held-out (0.5: nothing shows)',
  alignmentForget: 'alignment of views, forgotten',
  alignmentHeldOut: 'alignment of views, held-out',
  knnAccuracy: 'k-NN accuracy, held-out',
  forgettingScore: 'forgetting score',
} as const satisfies Partial<Record<keyof ModelMeasures, string>>

const metricsOf = (measures: ModelMeasures, auditId: string): object[] =>
  Object.entries(metrics).flatMap(([key, type]) => {
    const estimate = measures[key as keyof typeof metrics]
    if (estimate === null) return []
    const [lowerBound, upperBound] = estimate.interval?.map(String) ?? []
    return [
      {
        type,
        value: String(estimate.value),
        slice: `audit/${auditId}`,
        ...(lowerBound !== undefined && { confidenceInterval: { lowerBound, upperBound } }),
      },
    ]
  })

function limitationsOf(version: VersionStatement, audits: BomSource['audits']): string[] {
  const unlearned =
    version.kind === 'model-unlearned/v1' && audits.length === 0
      ? ['Unlearning is approximate, and no audit of this version is on record here.']
      : []
  return [
    ...unlearned,
    ...audits.flatMap(({ predicate: { number, verdict, limits } }) => [
      `Audit ${number} ended ${verdict}.`,
      ...limits.map((code) => `Audit ${number} does not settle: ${code}.`),
    ]),
  ]
}
