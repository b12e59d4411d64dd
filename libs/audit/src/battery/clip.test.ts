import { AuditPolicy, randomStream } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { askTexts, textAlignmentMatrix } from '../probe/text-embeddings.js'
import type { Answers } from '../probe/ask.js'
import { pairAuc, pairDrops, scorePairs, testClipAlignment, type PairedSet } from './clip-alignment.js'
import { recallAt, retrievalRanks, testRetrieval } from './clip-retrieval.js'

const policy = AuditPolicy.parse({ version: 1, resamples: 300 })
const method = 'alignment-calibration'
const WIDTH = 16

function unitRows(count: number, of: (row: number, k: number) => number): Answers {
  const unit = Float32Array.from({ length: count * WIDTH }, (_, at) => of(Math.floor(at / WIDTH), at % WIDTH))
  for (let row = 0; row < count; row++) {
    const part = unit.subarray(row * WIDTH, (row + 1) * WIDTH)
    const length = Math.hypot(...part)
    part.forEach((value, k) => (part[k] = value / length))
  }
  return { count, dimension: WIDTH, unit, defect: null }
}

/** Pictures drawn towards their own texts: `agreement` times as strongly as by chance. */
function pairs(count: number, agreement: number, seed: number): PairedSet {
  const random = randomStream(seed)
  const texts = unitRows(count, () => random() - 0.5)
  const view = () =>
    unitRows(count, (row, k) => agreement * (texts.unit[row * WIDTH + k] as number) + random() - 0.5).unit
  return { pictures: { count, dimension: WIDTH, views: [view(), view(), view()] }, texts }
}

describe('matched pairs', () => {
  const original = scorePairs(pairs(150, 1.2, 1), pairs(400, 0.5, 2))

  it('tell forgotten from unseen pairs before, and no longer after', () => {
    const after = scorePairs(pairs(150, 0.3, 3), pairs(400, 0.3, 4))
    const test = testClipAlignment({ before: original, after, policy, method })
    expect(pairAuc(original).auc).toBeGreaterThan(0.7)
    expect(test).toMatchObject({ outcome: 'met', optimisedFor: true })
  })

  it('betray an unchanged model, and one whose forgotten pairs agree less than unseen ones', () => {
    expect(testClipAlignment({ before: original, after: original, policy, method }).outcome).toBe('not-met')
    const shunned = scorePairs(pairs(150, -0.5, 5), pairs(400, 0.5, 6))
    const test = testClipAlignment({ before: original, after: shunned, policy, method })
    expect(test).toMatchObject({ outcome: 'not-met' })
    expect(test.effect.value).toBeLessThan(0.4)
  })

  it('count what all pairs lost as drift, not as forgetting', () => {
    const drifted = scorePairs(pairs(150, 0.3, 7), pairs(400, -0.08, 8))
    const drops = pairDrops(original, drifted, policy)
    expect(drops.forgettingScore).toBeGreaterThan(0.1)
    expect(Math.abs(drops.differenceInDifferences)).toBeLessThan(0.08)
  })

  it('cannot be judged where there was nothing to forget', () => {
    const nothing = scorePairs(pairs(150, 0.5, 9), pairs(400, 0.5, 10))
    expect(testClipAlignment({ before: nothing, after: nothing, policy, method }).outcome).toBe('inconclusive')
  })

  it('stand on the diagonal of the matrix of pictures and texts', () => {
    const { pictures, texts } = pairs(20, 3, 11)
    const matrix = textAlignmentMatrix(pictures, texts, 20)
    const diagonal = Array.from({ length: 20 }, (_, i) => matrix[i * 20 + i] as number)
    expect(Math.min(...diagonal)).toBeGreaterThan(0.5)
    expect(textAlignmentMatrix(pictures, { ...texts, dimension: 8 }, 20)).toEqual(new Float32Array(400))
  })
})

describe('retrieval', () => {
  const set = (agreement: number, seed: number, captions?: string[]) => {
    const { pictures, texts } = pairs(60, agreement, seed)
    const images = { ...texts, unit: pictures.views[0] as Float32Array }
    return retrievalRanks(images, texts, captions ?? Array.from({ length: 60 }, (_, k) => `picture ${k}`))
  }

  it('finds partners both ways, agrees with sorting, and counts ties against the endpoint', () => {
    const texts = unitRows(3, (row, k) => (k === row ? 1 : 0))
    const images = unitRows(3, (row, k) => (k === (row + 1) % 3 ? 1 : k === row ? 0.5 : 0))
    expect([...retrievalRanks(images, texts, ['a', 'b', 'c'])]).toEqual([2, 2, 2, 2, 2, 2])
    const same = unitRows(3, () => 1)
    expect(recallAt(retrievalRanks(same, same, ['a', 'b', 'c']), 1)).toBe(0)
    expect(recallAt(retrievalRanks(same, same, ['a', 'a', 'a']), 1)).toBe(1)
  })

  it('is kept where it stays, lost where it goes on either set, open where pairs are few', () => {
    const [good, bad] = [set(6, 1), set(0.1, 2)]
    expect(recallAt(good, 5)).toBeGreaterThan(0.9)
    const before = { retain: good, heldOut: good }
    expect(testRetrieval(before, before, policy).outcome).toBe('met')
    expect(testRetrieval(before, { retain: good, heldOut: bad }, policy).outcome).toBe('not-met')
    expect(testRetrieval(before, { retain: bad, heldOut: good }, policy).outcome).toBe('not-met')
    const wavering = { retain: set(0.8, 3), heldOut: set(0.8, 3) }
    const other = { retain: set(0.8, 4), heldOut: set(0.8, 4) }
    expect(testRetrieval(wavering, other, policy).outcome).toBe('inconclusive')
  })

  it('finds nothing where texts and pictures do not come in one length', () => {
    const { texts } = pairs(10, 1, 1)
    expect(recallAt(retrievalRanks(texts, { ...texts, dimension: 8 }, Array<string>(10).fill('a')), 5)).toBe(0)
  })
})

describe('askTexts', () => {
  const { signal } = new AbortController()
  const texts = Array.from({ length: 300 }, (_, k) => `text ${k}`)
  const embed = (part: readonly string[]) =>
    Promise.resolve(Float32Array.from(part.flatMap((text) => [text.length, Number(text.slice(5)) + 1])))

  it('asks in parts and keeps the order', async () => {
    const answers = await askTexts(embed, texts, signal)
    expect(answers).toMatchObject({ count: 300, dimension: 2, defect: null })
    expect(answers.unit[2 * 299]).toBeCloseTo(8 / Math.hypot(8, 300), 6)
  })

  it('reports what is no number, too short or of changing length, and never throws for it', async () => {
    const broken = [
      async (part: readonly string[]) => (await embed(part)).fill(Number.NaN),
      async (part: readonly string[]) => (await embed(part)).subarray(1),
      async (part: readonly string[]) => (part.length < 128 ? new Float32Array(3 * part.length).fill(1) : embed(part)),
    ]
    for (const endpoint of broken) expect((await askTexts(endpoint, texts, signal)).defect).not.toBeNull()
  })
})
