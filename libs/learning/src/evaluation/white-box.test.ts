import { randomStream } from '@lethe/domain'
import { openDevice } from '@lethe/device'
import { beforeAll, describe, expect, it } from 'vitest'
import { recallOf, zeroShotClasses } from './retrieval.js'
import { averageGap, whiteBoxMetrics, type EvaluatedSet } from './white-box.js'

beforeAll(() => openDevice({ backend: 'cpu' }))

const [DIMENSION, CLASSES] = [6, 3]

/** Features around a centre per class; views agree the better, and classes part the clearer, the smaller the noise. */
function setOf(count: number, noise: number, seed: number): EvaluatedSet {
  const random = randomStream(seed)
  const labels = Int32Array.from({ length: count }, (_, n) => n % CLASSES)
  const rows = () =>
    Float32Array.from({ length: count * DIMENSION }, (_, at) => {
      const label = labels[Math.floor(at / DIMENSION)] as number
      return (at % DIMENSION === label ? 2 : 0) + noise * (random() + random() - 1)
    })
  return { features: rows(), labels, views: [rows(), rows(), rows()] }
}

const retain = setOf(120, 0.5, 1)
const test = setOf(120, 4, 2)

describe('whiteBoxMetrics', () => {
  it('tells a model that remembers the unlearn set from one that treats it like unseen samples', () => {
    const remembers = whiteBoxMetrics({ retain, test, unlearn: setOf(60, 0.5, 3) })
    const forgot = whiteBoxMetrics({ retain, test, unlearn: setOf(60, 4, 4) })
    expect(remembers).toMatchObject({ retainAccuracy: 1, unlearnAccuracy: 1 })
    expect(remembers.encoderNonMembers).toBeLessThan(0.1)
    expect(remembers.encoderAuc).toBeGreaterThan(0.9)
    expect(forgot.unlearnAccuracy).toBeLessThan(0.9)
    expect(forgot.encoderNonMembers).toBeGreaterThan(0.8)
    expect(Math.abs(forgot.encoderAuc - 0.5)).toBeLessThan(0.15)
    expect((forgot.confidenceNonMembers ?? 0) - (remembers.confidenceNonMembers ?? 1)).toBeGreaterThan(0.2)
    expect(averageGap(remembers, forgot)).toBeGreaterThan(20)
    expect(averageGap(forgot, forgot)).toBe(0)
  })

  it('says that what needs labels is not applicable without them', () => {
    const bare = (set: EvaluatedSet) => ({ ...set, labels: set.labels.map(() => -1) })
    const metrics = whiteBoxMetrics({ retain: bare(retain), test: bare(test), unlearn: bare(test) })
    expect(metrics).toMatchObject({ retainAccuracy: null, confidenceNonMembers: null })
    expect(metrics.encoderAuc).toBe(0.5)
    expect(averageGap(metrics, metrics)).toBeNull()
  })
})

describe('retrieval', () => {
  const random = randomStream(9)
  const rows = Float32Array.from({ length: 40 * 8 }, () => random() - 0.5)

  it('finds every row among its equals, and chance among strangers', () => {
    expect(
      recallOf(
        rows,
        rows.map((value) => 3 * value),
        8,
      ),
    ).toEqual({ 1: 1, 5: 1, 10: 1 })
    const strangers = Float32Array.from({ length: 40 * 8 }, () => random() - 0.5)
    const recall = recallOf(rows, strangers, 8)
    expect(recall[1]).toBeLessThan(0.2)
    expect(recall[10]).toBeGreaterThanOrEqual(recall[5])
    expect(recall[10]).toBeLessThan(0.6)
  })

  it('gives no credit where all answers are equal', () => {
    expect(recallOf(rows, new Float32Array(rows.length).fill(1), 8)).toEqual({ 1: 0, 5: 0, 10: 0 })
  })

  it('names the class whose text is nearest', () => {
    const classes = Float32Array.of(1, 0, 0, 1)
    expect([...zeroShotClasses(Float32Array.of(3, 1, -1, 2, 0.1, 0), classes, 2)]).toEqual([0, 1, 0])
  })
})
