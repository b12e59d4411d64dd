import type { AuditOptions } from '../audited-model.js'
import { classify, findViews } from '../battery/utility.js'
import type { GuardedModel } from '../endpoint/guard-endpoint.js'
import type { Correct } from '../judge/audit-data.js'
import type { Answers } from '../probe/ask.js'
import { embedPlain, type ModelAnswers } from '../probe/view-embeddings.js'
import { isAudited } from '../questions.js'
import { wholeAnswers } from './measure-model.js'

/** Answers to pictures as they are. */
export interface PlainAnswers {
  readonly forget: Answers | null
  readonly heldOut: Answers
  readonly retain: Answers
}

/** Pictures as they are; of models that are shown beside only where there are labels to judge by. */
export async function askPlain(model: GuardedModel, options: AuditOptions): Promise<PlainAnswers | null> {
  const { forget, heldOut, retain, signal } = options
  const audited = isAudited(model)
  if (!audited && (heldOut.labels === null || retain.labels === null)) return null
  return {
    retain: await embedPlain(model, retain.images, signal),
    heldOut: await embedPlain(model, heldOut.images, signal),
    forget: audited ? await embedPlain(model, forget.images, signal) : null,
  }
}

interface Labels {
  readonly heldOut: Int32Array | null
  readonly retain: Int32Array | null
}

/**
 * By labels where there are questions about them, which depends on the labels alone and is so for every model or for none; otherwise by
 * views of held-out pictures, of the models that are audited.
 */
export function correctOf(answers: ModelAnswers, plain: PlainAnswers | null, labels: Labels): Correct | null {
  const { heldOut, retain } = labels
  const byLabels = plain === null || heldOut === null || retain === null ? null : classify(plain, { heldOut, retain })
  if (byLabels !== null || !isAudited({ role: answers.model.role })) return byLabels
  const whole = wholeAnswers(answers)
  return findViews(whole.features?.heldOut ?? whole.heldOut)
}
