import { unitRows } from './view-agreement.js'

/** Share of queries whose own counterpart is among the first 1, 5 and 10. */
export type Recall = Readonly<Record<1 | 5 | 10, number>>

/** Recall of row i of `to` for row i of `from`, by cosine; of two that are equal the counterpart comes last. */
export function recallOf(from: Float32Array, to: Float32Array, dimension: number): Recall {
  const [queries, answers] = [unitRows(from, dimension), unitRows(to, dimension)]
  const count = queries.length / dimension
  const ranks = Array.from({ length: count }, (_, query) => {
    const cosineTo = (answer: number) => dot(queries, query, answers, answer, dimension)
    const own = cosineTo(query)
    let rank = 0
    for (let answer = 0; answer < count; answer++) if (answer !== query && cosineTo(answer) >= own) rank++
    return rank
  })
  const within = (depth: number) => ranks.filter((rank) => rank < depth).length / count
  return { 1: within(1), 5: within(5), 10: within(10) }
}

/** The class whose text has the largest cosine with each picture. classes: [c · d] */
export function zeroShotClasses(images: Float32Array, classes: Float32Array, dimension: number): Int32Array {
  const [pictures, texts] = [unitRows(images, dimension), unitRows(classes, dimension)]
  const count = texts.length / dimension
  return Int32Array.from({ length: pictures.length / dimension }, (_, picture) => {
    let [best, largest] = [-1, -Infinity]
    for (let label = 0; label < count; label++) {
      const cosine = dot(pictures, picture, texts, label, dimension)
      if (cosine > largest) [best, largest] = [label, cosine]
    }
    return best
  })
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, dimension: number): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) sum += (a[i * dimension + k] as number) * (b[j * dimension + k] as number)
  return sum
}
