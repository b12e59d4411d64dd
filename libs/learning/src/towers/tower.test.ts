import { openDevice } from '@lethe/device'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { tinyRecipe } from '../tiny-run.fixture.js'
import { BatchMoments } from './batch-moments.js'
import { imageTower } from './image-tower.js'
import { buildTower, untrained } from './tower.js'

const config = tinyRecipe().encoder
const pictures = () =>
  tf.tensor4d(
    Float32Array.from({ length: 5 * 8 * 8 * 3 }, (_, k) => Math.abs(Math.sin(k * k))),
    [5, 8, 8, 3],
  )

describe('image tower', () => {
  beforeAll(() => openDevice({ backend: 'cpu' }))

  it('has the parameters of its description and no other', () => {
    const tower = buildTower(imageTower(config), untrained(1))
    const shapes = Object.fromEntries([...tower.trainable].map(([name, { shape }]) => [name, shape.join('×')]))
    expect(shapes).toMatchObject({
      'encoder.stage0.conv0.kernel': '3×3×3×4',
      'encoder.stage1.conv1.kernel': '3×3×8×8',
      'encoder.stage1.norm1.gamma': '8',
      'head.linear0.kernel': '8×8',
      'head.linear1.kernel': '8×6',
    })
    expect(tower.trainable.size).toBe(4 * 3 + 2 * 3)
    expect(tower.statistics.size).toBe(6 * 2)
    tower.dispose()
  })

  it('moves running statistics a tenth of the way to each batch, and by the share it is told', () => {
    const tower = buildTower(imageTower(config), untrained(1))
    const moments = new BatchMoments()
    const mean = tower.statistics.get('encoder.stage0.norm0.mean') as tf.Variable
    tower.forward(pictures(), moments.mode)
    moments.updateStatistics(tower)
    const tenth = Array.from(mean.dataSync())
    moments.updateStatistics(tower, 1)
    Array.from(mean.dataSync()).forEach((batch, k) => expect(tenth[k]).toBeCloseTo(batch / 10, 5))
    moments.dispose()
    tower.dispose()
  })

  it('gives the gradient that finite differences give, through the whole net', () => {
    const tower = buildTower(imageTower(config), untrained(1))
    const x = pictures()
    const terms = () => {
      const moments = new BatchMoments()
      const { projection } = tower.forward(x, moments.mode)
      moments.dispose()
      return tf.mul<tf.Tensor2D>(projection, tf.reshape(tf.sin(tf.range(0, projection.size)), projection.shape))
    }
    const { grads } = tf.variableGrads(() => tf.sum(terms()).asScalar(), [...tower.trainable.values()])
    // Summed in float64; the step is small enough to cross no kink of a ReLU at these weights.
    const loss = () => Array.from(terms().dataSync()).reduce((sum, term) => sum + term, 0)
    const step = 3e-4
    for (const name of ['encoder.stage0.conv1.kernel', 'encoder.stage1.norm0.gamma', 'head.linear0.kernel']) {
      const variable = tower.trainable.get(name) as tf.Variable
      const values = variable.dataSync().slice()
      const lossAt = (by: number) => {
        variable.assign(tf.tensor([(values[0] as number) + by, ...values.slice(1)], variable.shape))
        return loss()
      }
      const slope = (lossAt(step) - lossAt(-step)) / (2 * step)
      variable.assign(tf.tensor(values, variable.shape))
      const gradient = grads[variable.name]?.dataSync()[0] as number
      expect(Math.abs(gradient - slope)).toBeLessThan(0.01 * Math.abs(slope))
    }
    tower.dispose()
  })
})
