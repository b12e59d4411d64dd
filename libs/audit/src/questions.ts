import type { AuditedModel } from './audited-model.js'
import { CHALLENGES } from './measure/endpoint-attestation.js'
import { consistencyQuestions } from './measure/endpoint-consistency.js'
import { PROBES, type Question } from './measure/endpoint-probes.js'
import { smoothnessQuestions } from './measure/endpoint-smoothness.js'
import { QUESTION } from './probe/view-embeddings.js'

/** Retained pictures that are asked about as known members, at most. */
export const MOST_MEMBERS = 200

/** What decides how much an audit asks. */
export interface QuestionSizes {
  readonly forget: number
  readonly heldOut: number
  readonly retain: number
  readonly views: number
  /** Retained and held-out pictures have classes. */
  readonly hasLabels: boolean
}

/** What decides how much one model is asked. */
export interface QuestionedModel {
  readonly role: AuditedModel['role']
  readonly hasFeatures: boolean
  /** Whoever holds the attested weights answers too. */
  readonly isAttested: boolean
}

export const memberCount = ({ retain }: Pick<QuestionSizes, 'retain'>): number => Math.min(MOST_MEMBERS, retain)

/** Before and after are audited; the others are shown beside them. */
export const isAudited = ({ role }: Pick<QuestionedModel, 'role'>): boolean => role === 'before' || role === 'after'

/** All that one model is asked when nothing goes wrong. Twins, canaries and texts come on top. */
export function questionsOf(model: QuestionedModel, sizes: QuestionSizes): Question[] {
  const { forget, heldOut, retain, views, hasLabels } = sizes
  const once = (pictures: number): Question => ({ pictures, times: 1 })
  const isAsked = isAudited(model)
  const times = views * (isAsked && model.hasFeatures ? 2 : 1)
  const membership = [forget, heldOut, memberCount(sizes)].map((pictures) => ({ pictures, times }))
  if (!isAsked) return [...membership, ...(hasLabels ? [once(retain), once(heldOut)] : [])]
  const probes = { forget: Math.min(PROBES, forget), heldOut: Math.min(PROBES, heldOut) }
  return [
    ...membership,
    ...[retain, heldOut, forget].map(once),
    ...consistencyQuestions(probes, sizes),
    ...smoothnessQuestions(probes),
    ...(model.isAttested ? [once(CHALLENGES)] : []),
  ]
}

export const picturesIn = (questions: readonly Question[]): number =>
  questions.reduce((sum, { pictures, times }) => sum + pictures * times, 0)

/** Requests that these questions take: none is about more than QUESTION pictures. */
export const requestsIn = (questions: readonly Question[]): number =>
  questions.reduce((sum, { pictures, times }) => sum + Math.ceil(pictures / QUESTION) * times, 0)
