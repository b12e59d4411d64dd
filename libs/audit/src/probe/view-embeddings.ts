import type { PackedImages } from '@lethe/domain'
import type { AuditOptions, AuditedModel } from '../audited-model.js'
import { ask, type Answers } from './ask.js'

/** Unit embeddings of V views of a set: `views[v]` is [count, dimension]. */
export interface ViewEmbeddings {
  readonly count: number
  readonly dimension: number
  readonly views: readonly Float32Array[]
}

/** One model's answers to every question about membership. */
export interface ModelAnswers {
  readonly model: AuditedModel
  readonly forget: ViewEmbeddings
  readonly heldOut: ViewEmbeddings
  /** First thing that was wrong with any answer. */
  readonly defect: string | null
}

/** Pictures per question: small enough that a cancelled audit stops within a second. */
const QUESTION = 128

/** Asks every model about V views of both sets; each view is drawn once and shown to all of them. */
export async function collectAnswers(
  models: readonly AuditedModel[],
  options: AuditOptions,
  onAsked: (done: number, of: number) => void,
): Promise<ModelAnswers[]> {
  const { forget, heldOut, policy, drawViews, signal } = options
  const collected = models.map(() => ({ forget: [] as Answers[], heldOut: [] as Answers[] }))
  for (let view = 0; view < policy.views; view++) {
    for (const [name, { images }] of [
      ['forget', forget],
      ['heldOut', heldOut],
    ] as const) {
      const drawn = drawViews(images, policy.seed, view)
      for (const [index, model] of models.entries()) {
        collected[index]?.[name].push(await askInParts(model, images, drawn, signal))
      }
    }
    onAsked(view + 1, policy.views)
  }
  return models.map((model, index) => {
    const answers = collected[index] as (typeof collected)[number]
    const all = [...answers.forget, ...answers.heldOut]
    const dimension = all[0]?.dimension ?? 1
    const changed = all.some((answer) => answer.dimension !== dimension)
    const defect = all.find((answer) => answer.defect !== null)?.defect ?? null
    return {
      model,
      forget: gather(answers.forget, forget.images.count, dimension),
      heldOut: gather(answers.heldOut, heldOut.images.count, dimension),
      defect: changed ? 'embeddings changed their length between questions' : defect,
    }
  })
}

/** Answers of another length than the first count as zero vectors. */
function gather(answers: readonly Answers[], count: number, dimension: number): ViewEmbeddings {
  const views = answers.map(({ unit }) =>
    unit.length === count * dimension ? unit : new Float32Array(count * dimension),
  )
  return { count, dimension, views }
}

async function askInParts(
  model: AuditedModel,
  { count, height, width, channels }: PackedImages,
  drawn: Float32Array,
  signal: AbortSignal,
): Promise<Answers> {
  const size = height * width * channels
  const parts: Answers[] = []
  for (let first = 0; first < count; first += QUESTION) {
    signal.throwIfAborted()
    const rows = Math.min(QUESTION, count - first)
    parts.push(await ask(model.embed, drawn.subarray(first * size, (first + rows) * size), rows))
  }
  return join(parts, count)
}

function join(parts: readonly Answers[], count: number): Answers {
  const dimension = parts[0]?.dimension ?? 1
  const defect = parts.find((part) => part.defect !== null)?.defect ?? null
  if (parts.some((part) => part.dimension !== dimension))
    return {
      count,
      dimension: 1,
      unit: new Float32Array(count),
      defect: 'embeddings changed their length between questions',
    }
  const unit = new Float32Array(count * dimension)
  let offset = 0
  for (const part of parts) {
    unit.set(part.unit, offset)
    offset += part.unit.length
  }
  return { count, dimension, unit, defect }
}

/** Embeddings of the pictures as they are, by the representation that utility is judged by. */
export async function embedPlain(model: AuditedModel, images: PackedImages, signal: AbortSignal): Promise<Answers> {
  const floats = Float32Array.from(images.data, (byte) => byte / 255)
  const embed = model.embedFeatures ?? model.embed
  return askInParts({ ...model, embed }, images, floats, signal)
}
