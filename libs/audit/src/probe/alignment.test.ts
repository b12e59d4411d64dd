import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { alignmentDrop } from '../battery/forgetting-score.js'
import { mean } from '../statistics/summary.js'
import { alignmentGap, alignmentMatrix, alignmentOf } from './alignment.js'
import { ask } from './ask.js'
import type { ViewEmbeddings } from './view-embeddings.js'

/** float64 PyTorch; see `about` in the file, which is the one that losses are checked against. */
const golden = JSON.parse(
  readFileSync(new URL('../../../learning/src/golden/fixtures/losses.json', import.meta.url), 'utf8'),
) as {
  alignmentMatrix_z0_z1: number[][]
  alignmentGap_before_z0z1_after_z2z1: number[][]
  forgettingScore_before_z0z1_after_z2z1: number
}

const [COUNT, DIMENSION] = [6, 4]
const grid = (entry: (i: number, k: number) => number): Float32Array =>
  Float32Array.from({ length: COUNT * DIMENSION }, (_, at) => entry(Math.floor(at / DIMENSION), at % DIMENSION))

/** The file's inputs, by their formulas. */
const z0 = grid((i, k) => Math.sin(1 + 0.7 * i + 1.3 * k + 0.1 * i * k))
const z1 = grid((i, k) => Math.cos(0.5 + 0.3 * i - 0.9 * k + 0.2 * i * k))
const z2 = grid((i, k) => Math.sin(2 + 0.4 * i + 0.6 * k))

/** As an endpoint answers them: of any length. */
async function embeddingsOf(...views: Float32Array[]): Promise<ViewEmbeddings> {
  const answers = await Promise.all(views.map((view) => ask(() => Promise.resolve(view), view, COUNT)))
  return { count: COUNT, dimension: DIMENSION, views: answers.map(({ unit }) => unit) }
}

function expectRelative(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  const error = Math.hypot(...expected.map((value, at) => (actual[at] as number) - value))
  expect(error / Math.hypot(...expected)).toBeLessThan(1e-5)
}

describe('alignment', () => {
  it('matrix, gap and forgetting score agree with float64 PyTorch to 1e-5', async () => {
    const [before, after] = [await embeddingsOf(z0, z1), await embeddingsOf(z2, z1)]
    const matrix = alignmentMatrix(before, COUNT)
    expectRelative(matrix, golden.alignmentMatrix_z0_z1.flat())
    expectRelative(
      alignmentGap(matrix, alignmentMatrix(after, COUNT)),
      golden.alignmentGap_before_z0z1_after_z2z1.flat(),
    )
    const score = mean(alignmentDrop(alignmentOf(before), alignmentOf(after)))
    expectRelative([score], [golden.forgettingScore_before_z0z1_after_z2z1])
  })

  it('matrix puts the first view in rows and the second in columns', async () => {
    const swapped = alignmentMatrix(await embeddingsOf(z1, z0), COUNT)
    expect(swapped[1]).toBeCloseTo((golden.alignmentMatrix_z0_z1[1] as number[])[0] as number, 5)
    expect(swapped[1]).not.toBeCloseTo((golden.alignmentMatrix_z0_z1[0] as number[])[1] as number, 2)
  })
})
