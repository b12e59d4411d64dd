import { openDevice } from '@lethe/device'
import { parseSafetensors, serializeSafetensors, type StoredTensor } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadEmbedder, type Embedder } from './load-embedder.js'
import { pretrain } from './pretrain.js'
import { tinyControl, tinyImages, tinyRecipe } from './tiny-run.fixture.js'

describe('loadEmbedder', () => {
  let weights: Uint8Array
  let embedder: Embedder
  let tensorsBefore: number
  beforeAll(async () => {
    await openDevice({ backend: 'wasm' })
    weights = (await pretrain({ recipe: tinyRecipe(), images: tinyImages(24, 1), ...tinyControl() })).checkpoint.weights
    tensorsBefore = tf.memory().numTensors
    embedder = loadEmbedder(weights)
  })
  afterAll(() => {
    embedder.dispose()
    expect(tf.memory().numTensors).toBe(tensorsBefore)
  })

  it('gives both representations their width and leaves no tensor behind', async () => {
    const { data } = tinyImages(3, 9)
    const tensors = tf.memory().numTensors
    expect((await embedder.embed(data)).length).toBe(3 * embedder.dimension)
    expect((await embedder.embed(data, 'projection')).length).toBe(3 * embedder.projectionDimension)
    expect(embedder).toMatchObject({ dimension: 8, projectionDimension: 6, height: 8, width: 8 })
    expect(tf.memory().numTensors).toBe(tensors)
  })

  it('embeds a picture alike alone and among others, as bytes and as floats', async () => {
    const { data } = tinyImages(300, 9)
    const all = await embedder.embed(data, 'projection')
    const floats = await embedder.embed(
      Float32Array.from(data, (byte) => byte / 255),
      'projection',
    )
    const one = await embedder.embed(data.subarray(299 * 192), 'projection')
    one.forEach((value, k) => expect(all[299 * 6 + k]).toBeCloseTo(value, 4))
    all.forEach((value, k) => expect(floats[k]).toBeCloseTo(value, 4))
  })

  it('refuses pictures of another size', async () => {
    for (const length of [0, 191, 193])
      await expect(embedder.embed(new Uint8Array(length))).rejects.toMatchObject({
        code: 'IMAGES_INVALID',
        field: 'images',
      })
  })

  const name = 'encoder.stage0.conv0.kernel'
  const corruptions: [string, (tensors: Map<string, StoredTensor>, metadata: Record<string, string>) => void][] = [
    ['without one of its tensors', (tensors) => tensors.delete(name)],
    ['with a tensor too many', (tensors) => tensors.set('extra', { dtype: 'F32', shape: [1], data: new Float32Array(1) })],
    ['with a tensor of another shape', (tensors) => tensors.set(name, { dtype: 'F32', shape: [3, 3, 3, 5], data: new Float32Array(135) })],
    ['with a tensor of another type', (tensors) => tensors.set(name, { dtype: 'I32', shape: [3, 3, 3, 4], data: new Int32Array(108) })],
    ['with a weight that is no number', (tensors) => tensors.set(name, { dtype: 'F32', shape: [3, 3, 3, 4], data: new Float32Array(108).fill(Number.NaN) })],
    ['of an encoder that does not exist', (_, metadata) => (metadata.encoder = '{"kind":"oracle"}')],
    ['of a later version', (_, metadata) => (metadata.version = '2')],
  ] // prettier-ignore
  it.each(corruptions)('refuses weights %s', (_, corrupt) => {
    const file = parseSafetensors(weights)
    const tensors = new Map(file.tensors)
    const metadata = { ...file.metadata }
    corrupt(tensors, metadata)
    const count = tf.memory().numTensors
    expect(() => loadEmbedder(serializeSafetensors(tensors, metadata))).toThrowError(
      expect.objectContaining({ code: 'CHECKPOINT_INVALID', field: 'weights' }) as Error,
    )
    expect(tf.memory().numTensors).toBe(count)
  })
})
