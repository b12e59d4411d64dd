import { ask, dot, type Answers } from './ask.js'
import type { ViewEmbeddings } from './view-embeddings.js'

/** Texts → embeddings [n, d] in the space of the pictures, row by row. */
export type EmbedTexts = (texts: readonly string[]) => Promise<Float32Array>

/** Texts per question. */
const QUESTION = 128

/** Unit embeddings of texts. A malformed answer is a defect to report, as with pictures; answers of another length count as zero. */
export async function askTexts(
  embedTexts: EmbedTexts,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<Answers> {
  const parts: Answers[] = []
  for (let first = 0; first < texts.length; first += QUESTION) {
    signal.throwIfAborted()
    const part = texts.slice(first, first + QUESTION)
    parts.push(await ask(() => embedTexts(part), new Float32Array(0), part.length))
  }
  const dimension = parts[0]?.dimension ?? 1
  const changed = parts.some((part) => part.dimension !== dimension)
  const unit = new Float32Array(texts.length * dimension)
  if (!changed) parts.forEach((part, index) => unit.set(part.unit, index * QUESTION * dimension))
  const defect = changed
    ? 'embeddings of texts changed their length between questions'
    : (parts.find((part) => part.defect !== null)?.defect ?? null)
  return { count: texts.length, dimension, unit, defect }
}

/** s(view v of picture i, text i) for every view and pair: `cosines[v]` is [count]. Zero where the lengths do not match. */
export function pairCosines(pictures: ViewEmbeddings, texts: Answers): Float64Array[] {
  const { count, dimension, views } = pictures
  if (texts.dimension !== dimension) return views.map(() => new Float64Array(count))
  return views.map((view) =>
    Float64Array.from({ length: count }, (_, pair) => dot(view, pair, texts.unit, pair, dimension)),
  )
}

/** Alignment Matrix of pictures and texts, row-major [n, n]: AM_ij = s(view 0 of picture i, text j). */
export function textAlignmentMatrix({ dimension, views }: ViewEmbeddings, texts: Answers, n: number): Float32Array {
  const matrix = new Float32Array(n * n)
  if (texts.dimension !== dimension) return matrix
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++)
      matrix[row * n + column] = dot(views[0] as Float32Array, row, texts.unit, column, dimension)
  return matrix
}
