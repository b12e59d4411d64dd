import { openDevice } from '@lethe/device'
import { parseSafetensors } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { provideSoftwareVulkan } from '../../../test/kit/software-vulkan.js'
import { pretrain } from './pretrain.js'
import { tinyControl, tinyImages, tinyRecipe } from './tiny-run.fixture.js'

let removeDriver = () => {}
beforeAll(() => {
  removeDriver = provideSoftwareVulkan()
})
afterAll(() => removeDriver())

const train = async (learningRate: number) => {
  const encoder = { kind: 'compact-conv', widths: [4], projection: { hidden: 8, output: 6 } }
  const recipe = tinyRecipe({ encoder, epochs: 1, optimizer: { learningRate, clipNorm: 1 } })
  const { checkpoint } = await pretrain({ recipe, images: tinyImages(8, 1), ...tinyControl() })
  return parseSafetensors(checkpoint.weights).tensors
}
type Tensors = Awaited<ReturnType<typeof train>>

/** max |a − b| / max |b| over the arrays. */
const worstError = (actual: Tensors, expected: Tensors): number =>
  Math.max(
    ...[...expected].map(([name, { data }]) => {
      const differences = Array.from(data, (value, at) => Math.abs((actual.get(name)?.data[at] as number) - value))
      return Math.max(...differences) / Math.max(...Array.from(data, Math.abs), 1e-3)
    }),
  )

it('an epoch on WebGPU ends with the weights of plain JavaScript, and leaves no tensor behind', async () => {
  await openDevice({ backend: 'cpu' })
  const [expected, other] = [await train(0.05), await train(0.051)]
  await openDevice({ backend: 'webgpu', allowsSoftwareGpu: true })
  const before = tf.memory().numTensors
  const actual = await train(0.05)
  expect(tf.memory().numTensors).toBe(before)
  expect(worstError(actual, expected)).toBeLessThan(1e-4)
  expect(worstError(actual, other)).toBeGreaterThan(1e-3)
})
