import type { Answers } from '../probe/ask.js'

/** Neighbours that vote. */
const K = 5

/** The nearest rows of each query, nearest first: `rows` and `cosines` are [count, k]; the lower row wins a tie. */
export interface Neighbours {
  readonly count: number
  readonly k: number
  readonly rows: Int32Array
  readonly cosines: Float32Array
}

/** By cosine, among `among` (all rows of `references` without it). `skipsOwn`: queries are the references, and no row is its own neighbour. */
export function nearestRows(
  queries: Answers,
  references: Answers,
  k: number,
  { among, skipsOwn = false }: { readonly among?: ArrayLike<number>; readonly skipsOwn?: boolean } = {},
): Neighbours {
  const { dimension } = queries
  const candidates = among ?? Int32Array.from({ length: references.count }, (_, row) => row)
  const kept = Math.max(0, Math.min(k, candidates.length - (skipsOwn ? 1 : 0)))
  const rows = new Int32Array(queries.count * kept).fill(-1)
  const cosines = new Float32Array(queries.count * kept).fill(-2)
  if (kept === 0) return { count: queries.count, k: kept, rows, cosines }
  for (let query = 0; query < queries.count; query++) {
    const from = query * dimension
    const base = query * kept
    for (let c = 0; c < candidates.length; c++) {
      const row = candidates[c] as number
      if (skipsOwn && row === query) continue
      const at = row * dimension
      let cosine = 0
      for (let i = 0; i < dimension; i++)
        cosine += (queries.unit[from + i] as number) * (references.unit[at + i] as number)
      if (!(cosine > (cosines[base + kept - 1] as number))) continue
      let place = kept - 1
      for (; place > 0 && cosine > (cosines[base + place - 1] as number); place--) {
        cosines[base + place] = cosines[base + place - 1] as number
        rows[base + place] = rows[base + place - 1] as number
      }
      cosines[base + place] = cosine
      rows[base + place] = row
    }
  }
  return { count: queries.count, k: kept, rows, cosines }
}

/**
 * Whether the cosine-weighted vote of the K nearest reference pictures names each query's class: 1 or 0 per labelled query.
 * Pictures without a class (negative label) neither ask nor vote, and nobody asks for a class that no reference has: such
 * questions fail for every model alike and would hide a loss.
 */
export function knnCorrect(
  queries: Answers,
  queryLabels: Int32Array,
  references: Answers,
  referenceLabels: Int32Array,
): Float64Array {
  const voters = Int32Array.from(referenceLabels.keys()).filter((row) => (referenceLabels[row] as number) >= 0)
  const classes = new Set(Array.from(voters, (row) => referenceLabels[row] as number))
  const near = nearestRows(queries, references, K, { among: voters })
  const correct: number[] = []
  for (let query = 0; query < queries.count; query++) {
    const label = queryLabels[query] as number
    if (classes.has(label)) correct.push(winner(near, query, referenceLabels) === label ? 1 : 0)
  }
  return Float64Array.from(correct)
}

function winner({ k, rows, cosines }: Neighbours, query: number, labels: Int32Array): number {
  const votes = new Map<number, number>()
  // Cosines are shifted so that a far neighbour still votes; the nearest decides a tie because it voted first.
  for (let place = query * k; place < (query + 1) * k; place++) {
    const row = rows[place] as number
    if (row < 0) continue
    const label = labels[row] as number
    votes.set(label, (votes.get(label) ?? 0) + 1 + (cosines[place] as number))
  }
  let best = -1
  let most = 0
  for (const [label, weight] of votes)
    if (weight > most) {
      best = label
      most = weight
    }
  return best
}
