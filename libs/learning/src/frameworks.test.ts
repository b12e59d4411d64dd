import { selectImages, type Framework, type Samples } from '@lethe/domain'
import { openDevice } from '@lethe/device'
import { parseSafetensors } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelCheckpoint } from './checkpoint/model-checkpoint.js'
import { loadEmbedder } from './load-embedder.js'
import { sampleTags } from './methods/sample-tags.js'
import { pretrain } from './pretrain.js'
import { tinyControl, tinyPairs, tinyRecipe, tinyRecipes } from './tiny-run.fixture.js'

const images = tinyPairs(24, 1)
const frameworks = Object.keys(tinyRecipes) as Framework[]

describe.each(frameworks)('%s', (framework) => {
  const recipe = tinyRecipes[framework]
  beforeAll(() => openDevice({ backend: 'wasm' }))

  it('resumes from any epoch boundary to the same bits as a run left alone, and leaves no tensor behind', async () => {
    const tensors = tf.memory().numTensors
    const boundaries: ModelCheckpoint[] = []
    const whole = await pretrain({
      recipe,
      images,
      ...tinyControl(),
      onCheckpoint: async (boundary) => void boundaries.push(await boundary.checkpoint()),
    })
    expect(boundaries.length).toBe(4)
    for (const resume of boundaries) expect(await pretrain({ recipe, images, resume, ...tinyControl() })).toEqual(whole)
    expect(tf.memory().numTensors).toBe(tensors)
  })

  it('learns: the loss falls below that of guessing', async () => {
    const { curve } = await pretrain({ recipe: { ...recipe, epochs: 30 }, images, ...tinyControl() })
    expect(curve.at(-1)?.loss).toBeLessThan(0.92 * (curve[0]?.loss ?? 0))
  })
})

describe('MoCo', () => {
  beforeAll(() => openDevice({ backend: 'wasm' }))

  it('carries key tower and queue in its state; the key tower trails behind, the queue holds the last keys', async () => {
    const { checkpoint } = await pretrain({ recipe: tinyRecipes.moco, images, ...tinyControl() })
    const { tensors } = parseSafetensors(checkpoint.state)
    const weights = parseSafetensors(checkpoint.weights).tensors
    const name = 'encoder.stage0.conv0.kernel'
    expect(tensors.get(`key.${name}`)?.data).not.toEqual(weights.get(name)?.data)
    const tags = tensors.get('queue.tags')?.data as Int32Array
    const known = new Set(pairsOf(sampleTags(images)))
    for (const tag of pairsOf(tags)) expect(known.has(tag)).toBe(true)
    expect(tensors.get('queue.keys')?.shape).toEqual([16, 6])
  })
})

const pairsOf = (tags: Int32Array): string[] =>
  Array.from({ length: tags.length / 2 }, (_, n) => tags.subarray(2 * n, 2 * n + 2).join('.'))

describe('CLIP', () => {
  beforeAll(() => openDevice({ backend: 'wasm' }))

  it('brings pictures nearer to their own texts than to others', async () => {
    const recipe = { ...tinyRecipes.clip, epochs: 60 }
    const { checkpoint } = await pretrain({ recipe, images, ...tinyControl() })
    const embedder = loadEmbedder(checkpoint.weights)
    const pictures = await embedder.embed(images.data, 'projection')
    const texts = await embedder.embedTexts?.(images.captions ?? [])
    const own = [...images.captions!.keys()].filter((n) => nearest(pictures, texts as Float32Array, n, 6) === n)
    // Guessing finds one.
    expect(own.length).toBeGreaterThan(8)
    embedder.dispose()
  })

  it('refuses pictures without captions', async () => {
    const bare: Samples = { ...images, captions: undefined }
    await expect(pretrain({ recipe: tinyRecipes.clip, images: bare, ...tinyControl() })).rejects.toMatchObject({
      code: 'CAPTIONS_MISSING',
      field: 'images.captions',
    })
  })
})

/** Which row of b has the largest cosine with row n of a. */
function nearest(a: Float32Array, b: Float32Array, n: number, width: number): number {
  let best = -1
  let largest = -Infinity
  const row = a.subarray(n * width, (n + 1) * width)
  for (let other = 0; other < b.length / width; other++) {
    const column = b.subarray(other * width, (other + 1) * width)
    const cosine = row.reduce((sum, value, k) => sum + value * (column[k] as number), 0) / Math.hypot(...column)
    if (cosine > largest) [best, largest] = [other, cosine]
  }
  return best
}

describe('chunks', () => {
  beforeAll(() => openDevice({ backend: 'wasm' }))
  const vit = tinyRecipe({
    encoder: {
      kind: 'compact-vit',
      imageSize: 8,
      patch: 4,
      width: 8,
      depth: 1,
      heads: 2,
      projection: { hidden: null, output: 6 },
    },
    epochs: 1,
    optimizer: { learningRate: 0.025 },
  })
  // Not AdamW, which divides by the size of a gradient and so magnifies rounding.
  const clip = { ...tinyRecipes.clip, encoder: vit.encoder, optimizer: vit.optimizer, epochs: 1 }

  it.each([vit, clip])(
    '$framework: give the gradient of the whole batch where nothing normalises by the batch',
    async (recipe) => {
      const whole = parseSafetensors((await pretrain({ recipe, images, ...tinyControl() })).checkpoint.weights).tensors
      for (const chunkSize of [3, 7]) {
        const { checkpoint } = await pretrain({ recipe: { ...recipe, chunkSize }, images, ...tinyControl() })
        for (const [name, { data }] of parseSafetensors(checkpoint.weights).tensors)
          data.forEach((value, k) => expect(Math.abs(value - (whole.get(name)?.data[k] as number))).toBeLessThan(2e-5))
      }
      // Negative control: another temperature moves the weights by more than the tolerance.
      const other = await pretrain({ recipe: { ...recipe, temperature: 0.4 }, images, ...tinyControl() })
      const moved = [...parseSafetensors(other.checkpoint.weights).tensors].some(([name, { data }]) =>
        (data as Float32Array).some((value, k) => Math.abs(value - (whole.get(name)?.data[k] as number)) > 2e-4),
      )
      expect(moved).toBe(true)
    },
  )

  it('learn with batch norm too, resume bit for bit, and leave no tensor behind', async () => {
    for (const framework of frameworks) {
      const recipe = { ...tinyRecipes[framework], chunkSize: 4, epochs: 2 }
      const tensors = tf.memory().numTensors
      const boundaries: ModelCheckpoint[] = []
      const whole = await pretrain({
        recipe,
        images,
        ...tinyControl(),
        onCheckpoint: async (boundary) => void boundaries.push(await boundary.checkpoint()),
      })
      const [resume] = boundaries
      expect(await pretrain({ recipe, images, ...tinyControl(), resume })).toEqual(whole)
      expect(tf.memory().numTensors).toBe(tensors)
    }
  })
})

describe('evaluation', () => {
  beforeAll(() => openDevice({ backend: 'wasm' }))

  it('scores the epochs it is asked for and changes no weight', async () => {
    const recipe = tinyRecipe()
    const labels = Int32Array.from({ length: 24 }, (_, n) => n % 2)
    const plain = await pretrain({ recipe, images, ...tinyControl() })
    const test = { images: selectImages(images, [0, 1, 2, 3]), labels: labels.subarray(0, 4) }
    const evaluation = { everyEpochs: 2, train: { images, labels }, test }
    const judged = await pretrain({ recipe, images, evaluation, ...tinyControl() })
    expect(judged.checkpoint.weights).toEqual(plain.checkpoint.weights)
    expect(judged.curve.map(({ knnAccuracy }) => knnAccuracy !== undefined)).toEqual([false, true, false, true])
    for (const { knnAccuracy = 0, probeAccuracy = 0 } of judged.curve)
      for (const accuracy of [knnAccuracy, probeAccuracy]) expect(accuracy).toBeLessThanOrEqual(1)
  })
})
