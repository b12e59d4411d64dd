import type { PackedImages } from '@lethe/domain'
import type { AuditOptions, AuditedModel, Embed } from '../audited-model.js'
import { AUDIT_EPOCH, viewSeedOf } from '../challenge.js'
import type { EndpointCode } from '../endpoint/endpoint-fault.js'
import { ask, missing, type Answers } from './ask.js'

/** Unit embeddings of V views of a set: `views[v]` is [count, dimension]. */
export interface ViewEmbeddings {
  readonly count: number
  readonly dimension: number
  readonly views: readonly Float32Array[]
  /** Lengths as they came, `lengths[v]` is [count]. */
  readonly lengths?: readonly Float32Array[] | undefined
}

/** One model's answers to every question about membership. */
export interface ModelAnswers {
  readonly model: AuditedModel
  readonly forget: ViewEmbeddings
  readonly heldOut: ViewEmbeddings
  /** Retained pictures: known members. */
  readonly members?: ViewEmbeddings | undefined
  /** The same by pooled features, where they were asked. */
  readonly features?: { readonly [set in QuestionSet]: ViewEmbeddings } | undefined
  /** First thing that was wrong with any answer. */
  readonly defect: string | null
  readonly code?: EndpointCode | undefined
  /** Views of which every answer came whole. */
  readonly wholeViews?: readonly number[] | undefined
}

export type QuestionSet = 'forget' | 'heldOut' | 'members'

/** Who is asked about which sets. */
export interface Questioned {
  readonly model: AuditedModel
  readonly sets: readonly QuestionSet[]
  readonly withFeatures: boolean
}

type Sets = { readonly [set in QuestionSet]?: PackedImages }
type Collected = { readonly [set in QuestionSet]: Answers[] }

/** Pictures per question: small enough that a cancelled audit stops within a second. */
export const QUESTION = 128

const CHANGED = 'embeddings changed their length between questions'

/** Asks every model about V views of the forget set and the held-out set. */
export async function collectAnswers(
  models: readonly AuditedModel[],
  options: AuditOptions,
  onAsked: (done: number, of: number) => void,
): Promise<ModelAnswers[]> {
  const sets = { forget: options.forget.images, heldOut: options.heldOut.images }
  const questioned = models.map((model) => ({ model, sets: ['forget', 'heldOut'] as const, withFeatures: false }))
  return collectViews(questioned, sets, options, onAsked)
}

/** Asks every model about V views of its sets; each view is drawn once and shown to all of them. */
export async function collectViews(
  questioned: readonly Questioned[],
  sets: Sets,
  options: AuditOptions,
  onAsked: (done: number, of: number) => void = () => undefined,
): Promise<ModelAnswers[]> {
  const { policy, drawViews, signal } = options
  const seed = viewSeedOf(options)
  const collected = questioned.map(() => ({ projections: emptySets(), features: emptySets() }))
  for (let view = 0; view < policy.views; view++) {
    for (const [name, images] of Object.entries(sets) as [QuestionSet, PackedImages][]) {
      const drawn = drawViews(images, seed, view, AUDIT_EPOCH)
      for (const [index, { model, sets: own, withFeatures }] of questioned.entries()) {
        if (!own.includes(name)) continue
        collected[index]?.projections[name].push(await askInParts(model.embed, images, drawn, signal))
        if (withFeatures && model.embedFeatures)
          collected[index]?.features[name].push(await askInParts(model.embedFeatures, images, drawn, signal))
      }
    }
    onAsked(view + 1, policy.views)
  }
  return questioned.map((asked, index) => gatherModel(asked, collected[index] as (typeof collected)[number], sets))
}

const emptySets = (): Collected => ({ forget: [], heldOut: [], members: [] })

function gatherModel(
  { model, sets: own, withFeatures }: Questioned,
  { projections, features }: { projections: Collected; features: Collected },
  sets: Sets,
): ModelAnswers {
  const first = gatherSets(projections, sets)
  const second = withFeatures && model.embedFeatures ? gatherSets(features, sets) : null
  const broken = [first, second].find((part) => part !== null && part.defect !== null)
  const views = projections.forget.length
  const isWhole = (view: number) =>
    own.every((name) =>
      [first, second].every((part) => {
        const answer = part?.answers[name][view]
        return part === null || (answer !== undefined && answer.defect === null && answer.dimension === part.dimension)
      }),
    )
  return {
    model,
    ...first.gathered,
    ...(second === null ? {} : { features: second.gathered }),
    defect: broken?.defect ?? null,
    code: broken?.code,
    wholeViews: Array.from({ length: views }, (_, view) => view).filter(isWhole),
  }
}

function gatherSets(answers: Collected, sets: Sets) {
  const all = [...answers.forget, ...answers.heldOut, ...answers.members]
  const dimension = all.find(isReadable)?.dimension ?? 1
  const worst = all.find(({ defect }) => defect !== null)
  const changed = all.some((answer) => isReadable(answer) && answer.dimension !== dimension)
  const gathered = (name: QuestionSet) => gather(answers[name], sets[name]?.count ?? 0, dimension)
  return {
    answers,
    dimension,
    gathered: { forget: gathered('forget'), heldOut: gathered('heldOut'), members: gathered('members') },
    defect: changed ? CHANGED : (worst?.defect ?? null),
    code: changed ? ('ENDPOINT_DIMENSION_CHANGED' as const) : worst?.code,
  }
}

/** Answers of another length than the first count as zero vectors. */
function gather(answers: readonly Answers[], count: number, dimension: number): ViewEmbeddings {
  const views = answers.map(({ unit }) =>
    unit.length === count * dimension ? unit : new Float32Array(count * dimension),
  )
  return { count, dimension, views, lengths: answers.map(({ lengths }) => lengths ?? new Float32Array(count)) }
}

/** The same answers with nothing but these views. */
export const keepViews = (embeddings: ViewEmbeddings, views: readonly number[]): ViewEmbeddings => ({
  ...embeddings,
  views: views.map((view) => embeddings.views[view] as Float32Array),
  lengths: embeddings.lengths && views.map((view) => embeddings.lengths?.[view] as Float32Array),
})

/** Asks for all of `drawn`, `count` pictures, question by question. */
export async function askInParts(
  embed: Embed,
  { count, height, width, channels }: Omit<PackedImages, 'data'>,
  drawn: Float32Array,
  signal: AbortSignal,
): Promise<Answers> {
  const size = height * width * channels
  const parts: Answers[] = []
  for (let first = 0; first < count; first += QUESTION) {
    signal.throwIfAborted()
    const rows = Math.min(QUESTION, count - first)
    parts.push(await ask(embed, drawn.subarray(first * size, (first + rows) * size), rows))
  }
  return join(parts, count)
}

/** Every picture got its row, whatever stands in it. */
const isReadable = ({ defect, code }: Answers): boolean => defect === null || code === 'ENDPOINT_NOT_FINITE'

function join(parts: readonly Answers[], count: number): Answers {
  const unreadable = parts.find((part) => !isReadable(part))
  if (unreadable !== undefined)
    return missing(count, unreadable.code ?? 'ENDPOINT_MALFORMED', unreadable.defect ?? 'an answer could not be read')
  const worst = parts.find((part) => part.defect !== null)
  const dimension = parts[0]?.dimension ?? 1
  if (parts.some((part) => part.dimension !== dimension)) return missing(count, 'ENDPOINT_DIMENSION_CHANGED', CHANGED)
  const unit = new Float32Array(count * dimension)
  const lengths = new Float32Array(count)
  let row = 0
  for (const part of parts) {
    unit.set(part.unit, row * dimension)
    if (part.lengths) lengths.set(part.lengths, row)
    row += part.count
  }
  return { count, dimension, unit, lengths, defect: worst?.defect ?? null, code: worst?.code }
}

/** Embeddings of the pictures as they are, by the representation that utility is judged by. */
export async function embedPlain(model: AuditedModel, images: PackedImages, signal: AbortSignal): Promise<Answers> {
  const floats = Float32Array.from(images.data, (byte) => byte / 255)
  return askInParts(model.embedFeatures ?? model.embed, images, floats, signal)
}
