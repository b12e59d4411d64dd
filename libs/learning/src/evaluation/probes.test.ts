import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { nearestNeighbourAccuracy } from './k-nearest.js'
import { accuracyOf, onlyLabelled, type LabelledFeatures } from './labelled-features.js'
import { fitLinearProbe } from './linear-probe.js'
import { scoreFeatures } from './score-features.js'

beforeAll(() => openDevice({ backend: 'wasm' }))

/** scikit-learn's handwritten digits in its order: a class and 64 pixels from 0 to 16. */
const records = gunzipSync(readFileSync(new URL('../../../../test/kit/fixtures/digits.bin.gz', import.meta.url)))
const digits = (from: number, to: number): LabelledFeatures => ({
  features: Float32Array.from({ length: (to - from) * 64 }, (_, at) => {
    const row = from + Math.floor(at / 64)
    return records[row * 65 + 1 + (at % 64)] as number
  }),
  labels: Int32Array.from({ length: to - from }, (_, at) => records[(from + at) * 65] as number),
})
const [train, test] = [digits(0, 1200), digits(1200, 1797)]

describe('fitLinearProbe', () => {
  const accuracy = (of: LabelledFeatures, on: LabelledFeatures) =>
    accuracyOf(fitLinearProbe(of).predict(on.features), on.labels)

  it('is as right as LogisticRegression of scikit-learn on standardised pixels (.926), whatever their scale', () => {
    const plain = accuracy(train, test)
    expect(Math.abs(plain - 0.926)).toBeLessThan(0.015)
    const scaled = ({ features, labels }: LabelledFeatures) => ({
      features: features.map((value) => 1000 * value + 5),
      labels,
    })
    expect(Math.abs(accuracy(scaled(train), scaled(test)) - plain)).toBeLessThan(0.01)
  })

  it('repeats itself, gives probabilities, and leaves no tensor behind', () => {
    const tensors = tf.memory().numTensors
    const [first, second] = [fitLinearProbe(digits(0, 200)), fitLinearProbe(digits(0, 200))]
    const rows = first.probabilities(test.features)
    expect(second.probabilities(test.features)).toEqual(rows)
    for (let row = 0; row < 20; row++) {
      const sum = rows.subarray(row * 10, row * 10 + 10).reduce((total, value) => total + value, 0)
      expect(sum).toBeCloseTo(1, 5)
    }
    expect(tf.memory().numTensors).toBe(tensors)
  })

  it('learns nothing from labels that mean nothing', () => {
    const shuffled = { ...train, labels: Int32Array.from(train.labels, (_, n) => (n * 7919) % 10) }
    expect(accuracy(shuffled, test)).toBeLessThan(0.25)
  })

  it('stands constant features and a single class', () => {
    const flat = { features: new Float32Array(12).fill(3), labels: Int32Array.of(0, 0, 0) }
    expect([...fitLinearProbe(flat).predict(flat.features)]).toEqual([0, 0, 0])
  })
})

describe('nearestNeighbourAccuracy', () => {
  it('is that of KNeighborsClassifier of scikit-learn with the same weights (.958)', () => {
    expect(nearestNeighbourAccuracy(train, test)).toBeCloseTo(0.958, 2)
  })

  it('is 1 on the rows themselves with one neighbour, and takes no more neighbours than there are', () => {
    expect(nearestNeighbourAccuracy(test, test, 1)).toBe(1)
    const few = digits(0, 3)
    expect(nearestNeighbourAccuracy(few, few)).toBeGreaterThanOrEqual(1 / 3)
  })
})

describe('scoreFeatures', () => {
  it('leaves out rows without a class, and says nothing where none has one', () => {
    const some = { ...train, labels: train.labels.map((label, n) => (n % 2 === 0 ? label : -1)) }
    expect(onlyLabelled(some).labels.length).toBe(600)
    expect(onlyLabelled(some).features.subarray(64, 128)).toEqual(train.features.subarray(128, 192))
    const { knnAccuracy = 0, probeAccuracy = 0 } = scoreFeatures(some, test)
    for (const accuracy of [knnAccuracy, probeAccuracy]) expect(accuracy).toBeGreaterThan(0.85)
    expect(scoreFeatures({ ...train, labels: train.labels.map(() => -1) }, test)).toEqual({})
  })
})
