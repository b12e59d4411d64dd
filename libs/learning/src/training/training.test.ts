import { describe, expect, it } from 'vitest'
import { shuffledBatches, stratifiedBatches } from './batches.js'
import { cosineLearningRate } from './learning-rate.js'
import { ProgressMeter } from './progress-meter.js'

describe('cosineLearningRate', () => {
  it('rises over the warm-up, peaks, passes half way at half the peak and ends near 0', () => {
    const rates = Array.from({ length: 110 }, (_, step) => cosineLearningRate(0.2, step, 110, 10))
    expect(rates.slice(0, 3)).toEqual([1, 2, 3].map((k) => (0.2 * k) / 11))
    expect(rates[10]).toBeCloseTo(0.2, 12)
    expect(rates[60]).toBeCloseTo(0.1, 12)
    expect(rates[109]).toBeLessThan(1e-4)
    expect(cosineLearningRate(0.2, 0, 100)).toBe(0.2)
  })
})

describe('batches', () => {
  it('shows every sample at most once per epoch, in another order each epoch', () => {
    const [first, second] = [shuffledBatches(50, 16, 3, 0), shuffledBatches(50, 16, 3, 1)]
    expect(first.length).toBe(3)
    expect(new Set(first.flatMap((batch) => [...batch])).size).toBe(48)
    expect(first).toEqual(shuffledBatches(50, 16, 3, 0))
    expect(first).not.toEqual(second)
  })

  it.each([
    [384, 96, 64],
    [60, 3, 16],
    [40, 20, 16],
    [100, 1, 8],
    [16, 200, 16],
  ])('gives each batch its share of forget samples: %i retain, %i forget, batches of %i', (retain, forget, size) => {
    const batches = stratifiedBatches({ retain, forget }, size, 3, 0)
    const share = forget / batches.length
    for (const batch of batches) {
      expect(batch.forget.length).toBeGreaterThanOrEqual(Math.max(1, Math.min(size - 1, Math.floor(share))))
      expect(batch.forget.length).toBeLessThanOrEqual(Math.max(1, Math.ceil(share)))
      expect(batch.forget.length + batch.retain.length).toBeLessThanOrEqual(size)
      expect(new Set(batch.forget).size).toBe(batch.forget.length)
      expect(new Set(batch.retain).size).toBe(batch.retain.length)
    }
  })
})

describe('ProgressMeter', () => {
  it('gives rate and remaining time from the injected clock, counting from where a resumed run began', () => {
    let nowMs = 1000
    const meter = new ProgressMeter({ epochs: 4, steps: 100 }, () => nowMs)
    nowMs = 3000
    const first = meter.report({ phase: 'train', epoch: 3, step: 51, loss: 1.5, samples: 64 })
    expect(first).toMatchObject({
      fraction: 0.51,
      samplesPerSecond: 32,
      etaSeconds: 98,
      epochs: 4,
      steps: 100,
      loss: 1.5,
    })
    nowMs = 4000
    expect(meter.report({ phase: 'train', epoch: 3, step: 52, loss: 1, samples: 64 }).etaSeconds).toBeCloseTo(72, 9)
  })
})
