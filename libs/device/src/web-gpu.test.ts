import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { provideSoftwareVulkan } from '../../../test/kit/software-vulkan.js'
import { openDevice, type Device } from './open-device.js'

/** Gradients of Σ conv(x, k)²·w and of Σ softmax(x·m)², which every backend must agree on. */
async function gradients(): Promise<number[]> {
  const wave = (count: number, by: number) => Array.from({ length: count }, (_, at) => Math.sin(1 + by * at))
  const image = tf.tensor4d(wave(2 * 6 * 6 * 3, 0.7), [2, 6, 6, 3])
  const kernel = tf.tensor4d(wave(3 * 3 * 3 * 4, 1.3), [3, 3, 3, 4])
  const conv = tf.grads((x, k) =>
    tf
      .conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 2, 'valid')
      .square()
      .sum(),
  )([image, kernel])
  const matrix = tf.tensor2d(wave(20, 0.9), [4, 5])
  const soft = tf.grad((x) =>
    tf
      .softmax(tf.matMul(x, x, false, true))
      .square()
      .sum(),
  )(matrix)
  const values = await Promise.all([...conv, soft].map((tensor) => tensor.data()))
  return values.flatMap((part) => [...part])
}

describe('WebGPU', () => {
  let device: Device
  let removeDriver = () => {}
  afterAll(() => removeDriver())
  beforeAll(async () => {
    removeDriver = provideSoftwareVulkan()
    device = await openDevice({ backend: 'webgpu', allowsSoftwareGpu: true })
  })

  it('computes the gradients that plain JavaScript computes, and says on what', async () => {
    expect(tf.getBackend()).toBe('webgpu')
    expect(device).toMatchObject({ backend: 'webgpu', reason: 'asked for by name' })
    expect(device.backendVersion).toMatch(/^tfjs-backend-webgpu 4\.22\.0, Dawn of webgpu \d/)
    expect(device.device).not.toBe('')
    const onGpu = await gradients()
    await openDevice({ backend: 'cpu' })
    const expected = await gradients()
    expect(onGpu.length).toBe(2 * 6 * 6 * 3 + 3 * 3 * 3 * 4 + 20)
    onGpu.forEach((value, at) => expect(value).toBeCloseTo(expected[at] as number, 3))
    expect(new Set(expected.map((value) => value.toFixed(3))).size).toBeGreaterThan(100)
  })

  it('sums more arrays than a shader may bind', async () => {
    await openDevice({ backend: 'webgpu', allowsSoftwareGpu: true })
    const before = tf.memory().numTensors
    const sum = tf.tidy(() => tf.addN(Array.from({ length: 40 }, (_, at) => tf.fill([3, 2], at))))
    expect([...(await sum.data())]).toEqual(Array(6).fill(780))
    sum.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('is not taken by auto, nor from a driver that computes on the CPU unless that was allowed', async () => {
    const auto = await openDevice({ backend: 'auto', tfjsNodeDir: '/nowhere' })
    expect(auto.backend).not.toBe('webgpu')
    if (!/SwiftShader|llvmpipe/.test(device.device)) return
    await expect(openDevice({ backend: 'webgpu' })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  })
})
