import { writePack } from '@lethe/datasets'
import { openDevice } from '@lethe/device'
import { randomStream, UnlearningRecipe } from '@lethe/domain'
import { viewsOnThisThread } from '@lethe/views'
import { beforeAll, expect, it } from 'vitest'
import { contentIdOf, tinyRecipe } from '../../../test/kit/tiny-training.js'
import type { JobControl } from './job-control.js'
import { runPretrainJob, runUnlearnJob } from './training-jobs.js'

beforeAll(() => openDevice({ backend: 'wasm' }))

const size = 16
const count = 32

/** Pictures of 4 × 4 random blocks, none like another; those named by `copies` are another's, a shade brighter. */
function packOf(copies: ReadonlyMap<number, number>): Uint8Array {
  const random = randomStream(7)
  const originals = Array.from({ length: count }, () => {
    const blocks = Array.from({ length: 16 * 3 }, () => 20 + 200 * random())
    return Uint8Array.from({ length: size * size * 3 }, (_, at) => {
      const [pixel, channel] = [Math.floor(at / 3), at % 3]
      const block = 4 * Math.floor(pixel / size / 4) + Math.floor((pixel % size) / 4)
      return blocks[3 * block + channel] as number
    })
  })
  const data = new Uint8Array(count * size * size * 3)
  originals.forEach((own, index) => {
    const source = copies.get(index)
    const picture =
      source === undefined ? own : (originals[source] as Uint8Array).map((value) => value + 1 + (index % 4))
    data.set(picture, index * picture.length)
  })
  const samples = Array.from({ length: count }, (_, index) => ({
    contentId: contentIdOf(index),
    label: `picture ${index}`,
    group: null,
    split: index < 24 ? ('train' as const) : ('held-out' as const),
  }))
  return writePack({ images: { data, count, height: size, width: size, channels: 3 }, samples })
}

const control: JobControl = {
  signal: new AbortController().signal,
  now: () => 0,
  views: viewsOnThisThread,
  onProgress: () => undefined,
  onCheckpoint: () => undefined,
  isStopWanted: () => false,
  stop: () => undefined,
}

async function unlearned(pack: Uint8Array, forget: readonly number[]) {
  const shared = {
    pack,
    excluded: [contentIdOf(5)],
    recipe: tinyRecipe(1),
    resume: null,
    checkpointMs: 1e9,
    evaluateEveryEpochs: 0,
    provenance: {
      backend: 'wasm',
      backendVersion: '',
      tfjsVersion: '',
      nodeVersion: '',
      codeVersion: '',
      platform: '',
      device: '',
    },
  }
  const original = await runPretrainJob({ ...shared, kind: 'pretrain' }, control)
  if (original.kind !== 'pretrain') throw new Error('It pretrained.')
  const unlearning = UnlearningRecipe.parse({ method: 'fine-tune', epochs: 1, learningRate: 0.01, seed: 1 })
  const ids = forget.map(contentIdOf)
  return runUnlearnJob({ ...shared, kind: 'unlearn', forget: ids, parent: original.checkpoint, unlearning }, control)
}

it('unlearning names the pictures that stay although they resemble a forgotten one, and no others', async () => {
  // 4 resembles 0 and stays; 5 was forgotten before, 2 is forgotten too, 30 was never learned.
  const pack = packOf(new Map([4, 5, 2, 30].map((copy) => [copy, 0])))
  expect(await unlearned(pack, [0, 1, 2])).toMatchObject({
    forgetCount: 3,
    resembling: [{ contentId: contentIdOf(4), resembles: contentIdOf(0) }],
  })
  expect(await unlearned(packOf(new Map()), [0, 1, 2])).toMatchObject({ resembling: [] })
})
