import {
  auditPower,
  completePolicy,
  detectionPower,
  requiredForgetSize,
  requiredPerSet,
  smallestMargin,
  UNREACHABLE_FORGET_SIZE,
  type AuditPolicy,
  type PackedImages,
} from '@lethe/domain'
import { picturesIn, questionsOf, requestsIn, type QuestionedModel } from './questions.js'
import { requiredQuestions } from './statistics/paired-change.js'
import { pairedPower } from './statistics/student.js'

type SetSize = Omit<PackedImages, 'data'>

export interface AuditIntent {
  readonly sets: { readonly forget: SetSize; readonly heldOut: SetSize; readonly retain: SetSize }
  /** Retained and held-out pictures have classes. */
  readonly hasLabels: boolean
  readonly models: readonly (QuestionedModel & { readonly label: string })[]
  readonly policy: AuditPolicy
}

export interface AuditPlan {
  /** What each model will be asked; sent as float32, so many bytes. */
  readonly endpoints: readonly {
    readonly label: string
    readonly pictures: number
    readonly requests: number
    readonly bytesSent: number
  }[]
  /** Chance at least to find that forgotten pictures are told from unseen ones, by how well they are; and the pictures per set for power. */
  readonly detects: readonly { readonly auc: number; readonly power: number; readonly requiredPerSet: number }[]
  /** Chance to find a forgetting score of half a standard deviation. */
  readonly pairedPower: number
  /** Chance that a model which truly forgot is shown to lie within the policy's margin. */
  readonly passPower: number
  /** Smallest margin that such a model is shown to keep, with the policy's power. */
  readonly smallestMargin: number
  /** Smallest forget set that gives the policy's power, or null where none does with these held-out pictures. */
  readonly requiredForgetSize: number | null
  /** Smallest number of held-out pictures by which utility can be shown to be kept. */
  readonly requiredQuestions: number
  /** Whether a PASS is possible at all with these sets and this policy. */
  readonly canPass: boolean
  /** The same in words. */
  readonly sentences: readonly string[]
}

const EFFECTS = [0.55, 0.6, 0.7]
const BYTES_PER_NUMBER = 4

/** What an audit will ask and what it can tell, before it asks anything. */
export function planAudit(intent: AuditIntent): AuditPlan {
  const { sets, models, hasLabels } = intent
  const policy = completePolicy(intent.policy)
  const { alpha, minimumPower: power } = policy
  // What an audit accuses by: two-sided, and at worst divided by all scores of the family (Holm).
  const scores = 2 + (models.some(({ hasFeatures }) => hasFeatures) ? 1 : 0)
  const accusing = alpha / (2 * scores)
  const counts = { forgetCount: sets.forget.count, heldOutCount: sets.heldOut.count }
  const sizes = { forget: sets.forget.count, heldOut: sets.heldOut.count, retain: sets.retain.count, views: policy.views, hasLabels } // prettier-ignore
  const bytes = sets.forget.height * sets.forget.width * sets.forget.channels * BYTES_PER_NUMBER
  const required = requiredForgetSize({ heldOutCount: counts.heldOutCount, policy })
  const questions = requiredQuestions(policy.utilityMargin, alpha)
  const passPower = auditPower({ ...counts, policy })
  const isLarge = counts.forgetCount >= policy.minimumForgetSize && counts.heldOutCount >= policy.minimumHeldOutSize
  const numbers = {
    endpoints: models.map((model) => {
      const asked = questionsOf(model, sizes)
      const pictures = picturesIn(asked)
      return { label: model.label, pictures, requests: requestsIn(asked), bytesSent: pictures * bytes }
    }),
    detects: EFFECTS.map((auc) => ({
      auc,
      power: detectionPower({ ...counts, alpha: accusing, auc }),
      requiredPerSet: requiredPerSet({ auc, alpha: accusing, power }),
    })),
    pairedPower: pairedPower(counts.forgetCount, 0.5, alpha),
    passPower,
    smallestMargin: smallestMargin({ ...counts, alpha, power }),
    requiredForgetSize: required >= UNREACHABLE_FORGET_SIZE ? null : Math.max(required, policy.minimumForgetSize),
    requiredQuestions: questions,
    canPass: passPower >= power && isLarge && counts.heldOutCount >= questions,
  }
  return { ...numbers, sentences: sentencesOf(numbers, intent) }
}

const percent = (value: number) => `${Math.floor(100 * value)} %`
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`

function sentencesOf(plan: Omit<AuditPlan, 'sentences'>, { sets, policy }: AuditIntent): string[] {
  const { forget, heldOut } = sets
  const [weak, middle, strong] = plan.detects.map(({ power }) => power) as [number, number, number]
  const only = middle < policy.minimumPower ? 'only gross failures can be seen: ' : ''
  return [
    ...plan.endpoints.map(
      ({ label, pictures, requests, bytesSent }) =>
        `${label}: ${pictures} pictures in ${requests} questions, ${megabytes(bytesSent)}.`,
    ),
    `With ${forget.count} forgotten and ${heldOut.count} held-out pictures ${only}a residual AUC of 0.70 would be found with a chance of ${percent(strong)}, 0.60 with ${percent(middle)}, 0.55 with ${percent(weak)}.`,
    `A model that truly forgot would be shown to lie within ±${policy.aucMargin} with a chance of ${percent(plan.passPower)}; with ${percent(policy.minimumPower)} the smallest margin is ±${plan.smallestMargin.toFixed(3)}.`,
    ...(plan.canPass ? [] : [whyNot(plan, policy, heldOut.count)]),
  ]
}

function whyNot(plan: Omit<AuditPlan, 'sentences'>, policy: AuditPolicy, heldOutCount: number): string {
  if (heldOutCount < plan.requiredQuestions)
    return `No verdict but INCONCLUSIVE, RESIDUAL or OVER_FORGOTTEN is possible: utility takes ${plan.requiredQuestions} held-out pictures.`
  return plan.requiredForgetSize === null
    ? `No PASS is possible with so few held-out pictures: add held-out pictures or widen aucMargin.`
    : `No PASS is possible: ${plan.requiredForgetSize} forgotten and ${completePolicy(policy).minimumHeldOutSize} held-out pictures are the least.`
}
