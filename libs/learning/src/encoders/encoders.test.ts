import { readFileSync } from 'node:fs'
import { EncoderConfig, TextEncoderConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { normalizeBatch, normalizeByStatistics } from '../ops/normalize-batch.js'
import { testBackends } from '../testing/open-test-backends.js'
import { architectureOf } from './architecture-of.js'
import type { Layers } from './architecture.js'
import type { Parameter } from './parameter.js'
import { textTransformer } from './text-transformer.js'

const Results = z.object({
  evaluation: z.array(z.number()),
  training: z.array(z.number()),
  /** Of each gradient its length and its product with cos(0, 1, 2, …). */
  gradients: z.record(z.string(), z.tuple([z.number(), z.number()])),
})
/** What PyTorch makes of the same weights in float64; `source` says by what. */
const fixture = z
  .object({
    images: z.record(
      z.string(),
      Results.extend({
        config: EncoderConfig,
        input: z.object({ shape: z.tuple([z.int(), z.int(), z.int(), z.int()]), phase: z.number() }),
      }),
    ),
    text: Results.extend({ config: TextEncoderConfig, tokens: z.array(z.array(z.number())) }),
  })
  .parse(JSON.parse(readFileSync(new URL('./fixtures/encoders.json', import.meta.url), 'utf8')))

/** Numbers in [−1, 1) that look random, the same as the fixture's. */
function noise(count: number, phase: number): Float32Array {
  return Float32Array.from({ length: count }, (_, k) => {
    const wide = Math.sin(k * 12.9898 + phase) * 43758.5453
    return 2 * (wide - Math.floor(wide)) - 1
  })
}

function valuesOf({ name, shape }: Parameter): Float32Array {
  const phase = [...name].reduce((sum, letter, at) => sum + (at + 1) * letter.charCodeAt(0), 0) % 997
  const values = noise(
    shape.reduce((product, size) => product * size, 1),
    phase,
  )
  const fanIn = shape.slice(0, -1).reduce((product, size) => product * size, 1)
  switch (name.split('.').at(-1)) {
    case 'gamma':
    case 'variance':
      return values.map((value) => 1 + 0.3 * value)
    case 'beta':
    case 'mean':
    case 'bias':
      return values.map((value) => 0.3 * value)
    case 'kernel':
      return values.map((value) => value * Math.sqrt(6 / fanIn))
    default:
      return values
  }
}

function layersOf(weights: ReadonlyMap<string, tf.Tensor>, isTraining: boolean): Layers {
  const get = <T extends tf.Tensor>(name: string) => weights.get(name) as T
  return {
    get,
    normalize(name, x) {
      const [gamma, beta] = [get<tf.Tensor1D>(`${name}.gamma`), get<tf.Tensor1D>(`${name}.beta`)]
      return isTraining
        ? normalizeBatch(x, gamma, beta, (...moments) => tf.dispose(moments))
        : normalizeByStatistics(x, gamma, beta, get(`${name}.mean`), get(`${name}.variance`))
    },
  }
}

const variableOf = (parameter: Parameter) =>
  tf.tidy(() => tf.variable(tf.tensor(valuesOf(parameter), [...parameter.shape])))

type Features = (layers: Layers) => tf.Tensor2D

/** Largest error of one part in units of its own length: evaluation, training, then each gradient. */
async function errorsOf(parameters: readonly Parameter[], features: Features, expected: z.infer<typeof Results>) {
  const weights = new Map(parameters.map((p) => [p.name, variableOf(p)]))
  const errors = new Map<string, number>()
  const compare = (part: string, actual: ArrayLike<number>, wanted: readonly number[]) => {
    const distance = Math.hypot(...wanted.map((value, k) => value - (actual[k] as number)))
    errors.set(part, distance / Math.hypot(...wanted))
  }
  const trainable = parameters.filter((p) => p.trainable).map(({ name }) => weights.get(name) as tf.Variable)
  const evaluation = tf.tidy(() => features(layersOf(weights, false)))
  compare('evaluation', await evaluation.data(), expected.evaluation)
  const training = tf.tidy(() => features(layersOf(weights, true)))
  const { value, grads } = tf.variableGrads(() => {
    const y = features(layersOf(weights, true))
    return tf.sum(tf.mul(tf.reshape(y, [-1]), tf.sin(tf.range(0, y.size))))
  }, trainable)
  compare('training', await training.data(), expected.training)
  for (const [name, variable] of weights) {
    const gradient = grads[variable.name]
    if (gradient === undefined) continue
    const along = tf.tidy(() => tf.sum(tf.mul(tf.reshape(gradient, [-1]), tf.cos(tf.range(0, gradient.size)))))
    const length = tf.tidy(() => tf.norm(gradient))
    compare(name, [...(await length.data()), ...(await along.data())], expected.gradients[name] ?? [])
    tf.dispose([length, along])
  }
  tf.dispose([evaluation, training, value, grads, [...weights.values()]])
  return errors
}

/** What float32 loses on its way through the layers. */
const tolerance = (kind: string) => (kind === 'resnet-50' ? 1e-3 : 1e-4)

const worst = (errors: ReadonlyMap<string, number>) => [...errors].sort(([, a], [, b]) => b - a)[0]

describe.each(await testBackends())('on $name', ({ open, reason }) => {
  if (open === null) {
    it(`nothing is checked: ${reason}`, () => expect(reason).not.toBe(''))
    return
  }
  beforeAll(open)

  it.each(Object.entries(fixture.images))(
    '%s: features and gradients are PyTorch’s, and no tensor stays behind',
    async (_, { config, input, ...expected }) => {
      const tensors = tf.memory().numTensors
      const architecture = architectureOf(config)
      const size = input.shape.reduce((product, edge) => product * edge, 1)
      const x = tf.tensor4d(noise(size, input.phase), input.shape)
      const errors = await errorsOf(architecture.parameters, (layers) => architecture.features(x, layers), expected)
      x.dispose()

      expect(errors.size).toBe(2 + Object.keys(expected.gradients).length)
      expect(errors.get('evaluation')).toBeLessThan(1e-5)
      expect(worst(errors)?.[1]).toBeLessThan(tolerance(config.kind))
      expect(tf.memory().numTensors).toBe(tensors)
    },
  )

  it('text transformer: features and gradients are PyTorch’s, and no tensor stays behind', async () => {
    const { config, tokens, ...expected } = fixture.text
    const before = tf.memory().numTensors
    const architecture = textTransformer(config)
    const x = tf.tensor2d(tokens, undefined, 'int32')
    const errors = await errorsOf(architecture.parameters, (layers) => architecture.features(x, layers), expected)
    x.dispose()

    expect(errors.size).toBe(2 + Object.keys(expected.gradients).length)
    expect(worst(errors)?.[1]).toBeLessThan(1e-4)
    expect(tf.memory().numTensors).toBe(before)
  })
})
