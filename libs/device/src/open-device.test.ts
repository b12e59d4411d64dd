import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs'
import { afterAll, describe, expect, it } from 'vitest'
import { openDevice } from './open-device.js'

const empty = mkdtempSync(path.join(os.tmpdir(), 'lethe-device-'))
afterAll(() => rmSync(empty, { recursive: true }))

/** Gradient of sum((a b)²) with respect to a, which every backend must agree on. */
const gradient = (): number[] => {
  const a = tf.tensor2d([[1, -2]])
  const b = tf.tensor2d([[3], [0.5]])
  return Array.from(
    tf
      .grad((x) => x.matMul(b).square().sum())(a)
      .dataSync(),
  )
}

describe('openDevice', () => {
  it('opens WASM and plain JavaScript, and both compute the same gradient', async () => {
    const wasm = await openDevice({ backend: 'wasm' })
    expect(tf.getBackend()).toBe('wasm')
    expect(wasm.backendVersion).toContain('4.22.0')
    const onWasm = gradient()
    const cpu = await openDevice({ backend: 'cpu' })
    expect(cpu).toMatchObject({ backend: 'cpu' })
    expect(tf.getBackend()).toBe('cpu')
    expect(gradient()).toEqual(onWasm)
    expect(onWasm).toEqual([12, 2])
  })

  it('asks libtensorflow for deterministic kernels before it is loaded, also where an engine thread loads it', async () => {
    const inherited = () =>
      new Promise((resolve) => {
        const echo = 'require("node:worker_threads").parentPort.postMessage(process.env.TF_DETERMINISTIC_OPS)'
        new Worker(echo, { eval: true }).once('message', resolve)
      })
    delete process.env['TF_DETERMINISTIC_OPS']
    expect(await inherited()).toBeUndefined()
    await openDevice({ backend: 'cpu' })
    expect(await inherited()).toBe('1')
    process.env['TF_DETERMINISTIC_OPS'] = '0'
    await openDevice({ backend: 'cpu' })
    expect(process.env['TF_DETERMINISTIC_OPS']).toBe('0')
    delete process.env['TF_DETERMINISTIC_OPS']
  })

  it('refuses a backend asked for by name that is not there', async () => {
    await expect(openDevice({ backend: 'tensorflow-gpu', tfjsNodeDir: empty })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    })
  })

  it('falls back from native to WASM only on auto, and says why', async () => {
    const device = await openDevice({ backend: 'auto', tfjsNodeDir: empty })
    expect(device.backend).toBe('wasm')
    expect(device.reason).toMatch(/no native TensorFlow/)
  })
})
