import type { AuditedModel, AuditOptions } from '../audited-model.js'
import { scorePairs } from '../battery/clip-alignment.js'
import { retrievalRanks } from '../battery/clip-retrieval.js'
import type { AuditData, MeasuredPairs } from '../judge/audit-data.js'
import { MATRIX_LIMIT } from '../probe/alignment.js'
import { askTexts, textAlignmentMatrix } from '../probe/text-embeddings.js'
import { embedPlain, type ModelAnswers } from '../probe/view-embeddings.js'

/** What both models say of pictures and their texts; null where one does not read or a set has no texts. */
export async function measureTexts(
  options: AuditOptions,
  answers: readonly ModelAnswers[],
): Promise<AuditData['texts']> {
  const before = await readModel(options.before, options, answers[0])
  const after = await readModel(options.after, options, answers[1])
  if (before === null || after === null) return null
  return { before: before.measured, after: after.measured, defect: after.defect ?? before.defect }
}

interface ReadModel {
  readonly measured: MeasuredPairs
  readonly defect: string | null
}

async function readModel(
  model: AuditedModel,
  { forget, heldOut, retain, signal }: AuditOptions,
  answers: ModelAnswers | undefined,
): Promise<ReadModel | null> {
  const [forgotten, unseen, kept] = [forget.captions, heldOut.captions, retain.captions]
  if (!model.embedTexts || !forgotten || !unseen || !kept || !answers) return null
  const texts = {
    forget: await askTexts(model.embedTexts, forgotten, signal),
    heldOut: await askTexts(model.embedTexts, unseen, signal),
    retain: await askTexts(model.embedTexts, kept, signal),
  }
  // Texts live in the space of projections; features have another.
  const projecting = { ...model, embedFeatures: undefined }
  const ranks = {
    retain: retrievalRanks(await embedPlain(projecting, retain.images, signal), texts.retain, kept),
    heldOut: retrievalRanks(await embedPlain(projecting, heldOut.images, signal), texts.heldOut, unseen),
  }
  const differs = texts.forget.dimension !== answers.forget.dimension
  const defect =
    [texts.forget, texts.heldOut, texts.retain].find((part) => part.defect !== null)?.defect ??
    (differs ? 'texts and pictures have embeddings of different length' : null)
  const pairs = scorePairs(
    { pictures: answers.forget, texts: texts.forget },
    { pictures: answers.heldOut, texts: texts.heldOut },
  )
  const n = Math.min(MATRIX_LIMIT, forgotten.length, unseen.length)
  const matrices = {
    forget: textAlignmentMatrix(answers.forget, texts.forget, n),
    heldOut: textAlignmentMatrix(answers.heldOut, texts.heldOut, n),
  }
  return { measured: { pairs, ranks, matrices }, defect }
}
