import type { Correct, MeasuredModel } from '../judge/audit-data.js'
import { MATRIX_LIMIT, alignmentMatrix, alignmentOf, membershipScores } from '../probe/alignment.js'
import { keepViews, type ModelAnswers, type ViewEmbeddings } from '../probe/view-embeddings.js'
import { measureWitnesses } from './measure-witnesses.js'

/** Reduces answers to one number per sample and quantity, by the views that came whole where two did. */
export function measureModel(answers: ModelAnswers, utility: Correct | null = null): MeasuredModel {
  const whole = wholeAnswers(answers)
  const { model, forget, heldOut, members } = whole
  const isAudited = model.role === 'before' || model.role === 'after'
  const matrixOf = (part: ViewEmbeddings) => alignmentMatrix(part, Math.min(MATRIX_LIMIT, part.count))
  return {
    label: model.label,
    role: model.role,
    method: model.method,
    alignment: { forget: alignmentOf(forget), heldOut: alignmentOf(heldOut) },
    scores: { forget: membershipScores(forget), heldOut: membershipScores(heldOut) },
    members: members === undefined || members.count === 0 ? null : membershipScores(members),
    witnesses: measureWitnesses(whole),
    matrices: isAudited ? { forget: matrixOf(forget), heldOut: matrixOf(heldOut) } : null,
    utility,
  }
}

/** The answers with nothing but their whole views, where these are two or more. */
export function wholeAnswers(answers: ModelAnswers): ModelAnswers {
  const views = answers.wholeViews ?? []
  if (views.length < 2) return answers
  const { features, members } = answers
  return {
    ...answers,
    forget: keepViews(answers.forget, views),
    heldOut: keepViews(answers.heldOut, views),
    members: members && keepViews(members, views),
    features: features && {
      forget: keepViews(features.forget, views),
      heldOut: keepViews(features.heldOut, views),
      members: keepViews(features.members, views),
    },
  }
}
