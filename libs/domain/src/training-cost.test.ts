import { describe, expect, it } from 'vitest'
import { randomStream, type RandomStream } from './random-stream.js'
import { predictRetraining, samplesRead } from './training-cost.js'
import { UnlearningRecipe } from './recipe/index.js'

const scratch = (wallSeconds: number, samples = 1000) => ({ fromScratch: true, wallSeconds, samples })
const short = (wallSeconds: number, samples = 1000) => ({ fromScratch: false, wallSeconds, samples })

describe('what retraining would take', () => {
  it('is unknown while nothing was trained from scratch, whatever else was', () => {
    expect(predictRetraining([], 10)).toBeNull()
    expect(predictRetraining([short(5), short(6)], 10)).toBeNull()
    expect(predictRetraining([scratch(0)], 10)).toBeNull()
  })

  it('has no interval while one training alone is known', () => {
    expect(predictRetraining([scratch(10)], 500)).toEqual({
      wallSeconds: expect.closeTo(5, 9) as number,
      interval: null,
      level: 0.95,
      trainings: 1,
    })
  })

  it('takes its middle from trainings from scratch alone, and its spread from all while only one was', () => {
    const predicted = predictRetraining([scratch(10), short(20), short(40)], 1000)
    expect(predicted).toMatchObject({ wallSeconds: expect.closeTo(10, 9) as number, trainings: 3 })
    // Logarithms 10, 20, 40: spread ln 2; t(2) = 4.3027; √(1 + 1).
    const reach = Math.exp(4.3027 * Math.LN2 * Math.SQRT2)
    expect(predicted?.interval?.[1]).toBeCloseTo(10 * reach, 6)
    expect(predicted?.interval?.[0]).toBeCloseTo(10 / reach, 9)
  })

  it.each([2, 4, 12, 30])('holds one more training 95 times in 100 from %i trainings', (count) => {
    const random = randomStream(count)
    const draw = () => scratch(Math.exp(2 + 0.3 * gauss(random)))
    const rounds = 4000
    let inside = 0
    for (let round = 0; round < rounds; round++) {
      const [low, high] = predictRetraining(Array.from({ length: count }, draw), 1000)?.interval ?? [0, 0]
      const { wallSeconds } = draw()
      if (wallSeconds >= low && wallSeconds <= high) inside++
    }
    expect(inside / rounds).toBeGreaterThan(0.938)
    expect(inside / rounds).toBeLessThan(0.962)
  })
})

/** Box and Muller. */
const gauss = (random: RandomStream): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

it.each([
  [{ method: 'retrain', seed: 1 }, 80 * 7],
  [{ method: 'alignment-calibration', learningRate: 1, seed: 1, epochs: 3, repairEpochs: 2 }, 80 * 8],
  [{ method: 'neg-grad', learningRate: 1, seed: 1, epochs: 3 }, 100 * 3],
  [{ method: 'gradient-ascent', learningRate: 1, seed: 1, epochs: 3 }, 20 * 3],
  [{ method: 'fine-tune', learningRate: 1, seed: 1, epochs: 3 }, 80 * 3],
  [{ method: 'output-suppression', seed: 1 }, 0],
])('%j reads %i samples', (recipe, samples) => {
  expect(samplesRead(UnlearningRecipe.parse(recipe), { retain: 80, forget: 20, epochs: 7 })).toBe(samples)
})
