import type { AuditedModel } from './audited-model.js'
import { CHALLENGES } from './battery/endpoint-attestation.js'
import { PROBES } from './battery/endpoint-probes.js'
import { consistencyQuestions } from './battery/endpoint-consistency.js'
import { smoothnessQuestions } from './battery/endpoint-smoothness.js'

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
  readonly isAttested: boolean
}

export const memberCount = ({ retain }: Pick<QuestionSizes, 'retain'>): number => Math.min(MOST_MEMBERS, retain)

/** Before and after are audited; the others are shown beside them. */
export const isAudited = ({ role }: Pick<QuestionedModel, 'role'>): boolean => role === 'before' || role === 'after'

/** Pictures that one model is asked about when nothing goes wrong, by purpose. Twins, canaries and texts come on top. */
export function picturesAsked(model: QuestionedModel, sizes: QuestionSizes) {
  const { forget, heldOut, retain, views, hasLabels } = sizes
  const audited = isAudited(model)
  const representations = audited && model.hasFeatures ? 2 : 1
  const membership = views * (forget + heldOut + memberCount(sizes)) * representations
  const utility = audited ? forget + heldOut + retain : hasLabels ? heldOut + retain : 0
  const probes = { forget: Math.min(PROBES, forget), heldOut: Math.min(PROBES, heldOut) }
  const integrity = audited
    ? consistencyQuestions(probes, retain) + smoothnessQuestions(probes) + (model.isAttested ? CHALLENGES : 0)
    : 0
  return { membership, utility, integrity, total: membership + utility + integrity }
}
