import type { Progress } from '@lethe/domain'
import { openDevice } from '@lethe/device'
import { parseSafetensors, serializeSafetensors } from '@lethe/safetensors'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelCheckpoint } from './checkpoint/model-checkpoint.js'
import { pretrain } from './pretrain.js'
import { tinyControl, tinyImages, tinyRecipe } from './tiny-run.fixture.js'
import { TrainingDiverged } from './training/training-diverged.js'

const images = tinyImages(24, 1)
const recipe = tinyRecipe()

describe.each(['cpu', 'wasm'] as const)('pretrain on %s', (backend) => {
  beforeAll(() => openDevice({ backend }))

  it('gives equal bits for equal recipe and pictures, and others for another seed', async () => {
    const [first, again, other] = [
      await pretrain({ recipe, images, ...tinyControl() }),
      await pretrain({ recipe, images, ...tinyControl() }),
      await pretrain({ recipe: { ...recipe, seed: 12 }, images, ...tinyControl() }),
    ]
    expect(again).toEqual(first)
    expect(other.checkpoint.weights).not.toEqual(first.checkpoint.weights)
  })

  it('resumes from any epoch boundary to the same bits as a run left alone', async () => {
    const boundaries: ModelCheckpoint[] = []
    const whole = await pretrain({
      recipe,
      images,
      ...tinyControl(),
      onCheckpoint: async (boundary) => void boundaries.push(await boundary.checkpoint()),
    })
    expect(boundaries.length).toBe(4)
    for (const resume of boundaries) expect(await pretrain({ recipe, images, resume, ...tinyControl() })).toEqual(whole)
  })

  it('learns: the loss falls', async () => {
    const { curve } = await pretrain({ recipe: { ...recipe, epochs: 25 }, images, ...tinyControl() })
    expect(curve.length).toBe(25)
    expect(curve.at(-1)?.loss).toBeLessThan(0.75 * (curve[0]?.loss ?? 0))
  })
})

describe('pretrain', () => {
  beforeAll(() => openDevice({ backend: 'wasm' }))

  it('leaves no tensor behind, neither after success nor after an abort', async () => {
    const before = tf.memory().numTensors
    await pretrain({ recipe, images, ...tinyControl() })
    expect(tf.memory().numTensors).toBe(before)
    await expect(pretrain({ recipe, images, ...tinyControl(), signal: AbortSignal.abort() })).rejects.toThrow()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('stops before the next step with the signal’s own reason, even when aborted by a timer', async () => {
    const controller = new AbortController()
    let steps = 0
    const run = pretrain({
      recipe: { ...recipe, epochs: 10_000 },
      images,
      ...tinyControl(),
      signal: controller.signal,
      onProgress: () => void (steps += 1),
    })
    setTimeout(() => controller.abort(new Error('cancelled by a person')), 0)
    await expect(run).rejects.toThrow('cancelled by a person')
    expect(steps).toBeLessThan(1000)
  })

  it('reports every step with loss, rate and remaining time, to the end', async () => {
    const seen: Progress[] = []
    await pretrain({ recipe, images, ...tinyControl(), onProgress: (progress) => seen.push(progress) })
    expect(seen.length).toBe(12)
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
    expect(seen.at(-1)).toMatchObject({ phase: 'train', fraction: 1, epoch: 4, epochs: 4, steps: 12, etaSeconds: 0 })
    for (const { loss, samplesPerSecond } of seen) {
      expect(loss).toBeGreaterThan(0)
      expect(samplesPerSecond).toBeGreaterThan(0)
    }
  })

  it('turns a loss that is no number into a typed error that carries the last good checkpoint', async () => {
    const explosive = tinyRecipe({ optimizer: { learningRate: 100, weightDecay: 1 }, epochs: 200 })
    const boundaries: ModelCheckpoint[] = []
    const error = await pretrain({
      recipe: explosive,
      images,
      ...tinyControl(),
      onCheckpoint: async (boundary) => void boundaries.push(await boundary.checkpoint()),
    }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(TrainingDiverged)
    const diverged = error as TrainingDiverged
    expect(diverged).toMatchObject({ code: 'LOSS_NOT_FINITE', field: 'optimizer.learningRate' })
    if (boundaries.length > 0) expect(diverged.lastGood).toEqual(boundaries.at(-1))
    const { tensors } = parseSafetensors(diverged.lastGood.weights)
    for (const { data } of tensors.values()) expect((data as Float32Array).every(Number.isFinite)).toBe(true)
  })

  const refusals: [string, Parameters<typeof pretrain>[0], { code: string; field: string }][] = [
    ['fewer pictures than a batch', { recipe, images: tinyImages(7, 1), ...tinyControl() }, { code: 'DATA_TOO_SMALL', field: 'images' }],
    ['bytes that do not match the size', { recipe, images: { ...images, count: 25 }, ...tinyControl() }, { code: 'IMAGES_INVALID', field: 'images.data' }],
    ['grey pictures', { recipe, images: { ...images, channels: 1 }, ...tinyControl() }, { code: 'IMAGES_INVALID', field: 'images.channels' }],
    ['pictures without height', { recipe, images: { ...images, height: 0 }, ...tinyControl() }, { code: 'IMAGES_INVALID', field: 'images' }],
  ] // prettier-ignore
  it.each(refusals)('refuses %s before it computes anything', async (_, options, expected) => {
    let steps = 0
    const run = pretrain({ ...options, onProgress: () => void (steps += 1) })
    await expect(run).rejects.toMatchObject(expected)
    expect(steps).toBe(0)
  })

  it('refuses to resume another recipe, other pictures, or bytes that are no checkpoint', async () => {
    const { checkpoint } = await pretrain({ recipe, images, ...tinyControl() })
    const resumed = (changes: object) => pretrain({ recipe, images, resume: checkpoint, ...tinyControl(), ...changes })
    await expect(resumed({ recipe: tinyRecipe({ temperature: 0.3 }) })).rejects.toMatchObject({
      code: 'CHECKPOINT_MISMATCH',
    })
    await expect(resumed({ images: tinyImages(24, 2) })).rejects.toMatchObject({ code: 'CHECKPOINT_MISMATCH' })
    const swapped = { weights: checkpoint.state, state: checkpoint.weights }
    await expect(resumed({ resume: swapped })).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID', field: 'resume' })
    const cut = { ...checkpoint, state: checkpoint.state.subarray(0, 100) }
    await expect(resumed({ resume: cut })).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID', field: 'resume' })
    const { tensors, metadata } = parseSafetensors(checkpoint.state)
    const lacking = new Map([...tensors].slice(1))
    const poor = { ...checkpoint, state: serializeSafetensors(lacking, metadata) }
    await expect(resumed({ resume: poor })).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID', field: 'resume' })
  })
})
