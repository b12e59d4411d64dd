import { readFileSync } from 'node:fs'
import { openDevice } from '@lethe/device'
import { OptimizerConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createOptimizer } from './create-optimizer.js'

const Values = z.record(z.string(), z.array(z.number()))
/** Six steps of PyTorch in float64; `source` says by what. */
const fixture = z
  .object({
    rates: z.array(z.number()),
    start: z.record(z.string(), z.object({ shape: z.array(z.number()), values: z.array(z.number()) })),
    gradients: z.array(Values),
    runs: z.array(
      z.object({ optimizer: OptimizerConfig.omit({ learningRate: true }), parameters: Values, slots: Values }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('./fixtures/optimizers.json', import.meta.url), 'utf8')))

type Run = Omit<OptimizerConfig, 'learningRate'>
type Slots = Record<string, number[]>

const parametersFrom = (values: Record<string, number[]>) =>
  new Map(
    Object.entries(fixture.start).map(([name, { shape }]) => [
      name,
      tf.tidy(() => tf.variable(tf.tensor(values[name] as number[], shape))),
    ]),
  )

const startValues = Object.fromEntries(Object.entries(fixture.start).map(([name, { values }]) => [name, values]))

const valuesOf = (tensors: ReadonlyMap<string, tf.Tensor>) =>
  Object.fromEntries([...tensors].map(([name, tensor]) => [name, Array.from(tensor.dataSync())]))

/** Takes the fixture's steps `from`..`to`, counted from 0, and gives parameters and slots after them. */
function runSteps(run: Run, from: number, to: number, parameterValues: Slots = startValues, slotValues?: Slots) {
  const parameters = parametersFrom(parameterValues)
  const initial =
    slotValues === undefined ? undefined : (slot: string) => Float32Array.from(slotValues[slot] as number[])
  const optimizer = createOptimizer(parameters, { ...run, learningRate: 1 }, initial)
  for (let step = from; step < to; step++) {
    const gradients = Object.fromEntries(
      [...parameters].map(([name, variable]) => [
        variable.name,
        tf.tensor(fixture.gradients[step]?.[name] as number[], variable.shape),
      ]),
    )
    optimizer.apply(gradients, fixture.rates[step] as number, step + 1)
    tf.dispose(gradients)
  }
  const after = { parameters: valuesOf(parameters), slots: valuesOf(optimizer.slots) }
  optimizer.dispose()
  tf.dispose([...parameters.values()])
  return after
}

/** max |a − b| / max(1, |b|) over all arrays. */
const worstError = (actual: Slots, expected: Slots) =>
  Math.max(
    ...Object.entries(expected).flatMap(([name, values]) =>
      values.map((value, index) => Math.abs((actual[name]?.[index] as number) - value) / Math.max(1, Math.abs(value))),
    ),
  )

describe.each(['cpu', 'wasm'] as const)('createOptimizer on %s', (backend) => {
  beforeAll(() => openDevice({ backend }))

  it.each(fixture.runs.map((run) => [run.optimizer.kind, run.optimizer.clipNorm, run] as const))(
    'ends where PyTorch ends after six steps: %s, clipped to %s',
    (_, __, { optimizer, parameters, slots }) => {
      const after = runSteps(optimizer, 0, fixture.rates.length)
      expect(Object.keys(after.slots).sort()).toEqual(Object.keys(slots).sort())
      expect(worstError(after.parameters, parameters)).toBeLessThan(2e-6)
      expect(worstError(after.slots, slots)).toBeLessThan(2e-6)
    },
  )

  it.each(fixture.runs)('continues from stored slots to the same bits: $optimizer.kind', ({ optimizer }) => {
    const whole = runSteps(optimizer, 0, 6)
    const half = runSteps(optimizer, 0, 3)
    expect(runSteps(optimizer, 3, 6, half.parameters, half.slots)).toEqual(whole)
    expect(runSteps(optimizer, 3, 6, half.parameters)).not.toEqual(whole)
  })
})

describe('createOptimizer', () => {
  beforeAll(() => openDevice({ backend: 'cpu' }))
  const run = (kind: Run['kind'], clipNorm: number | null) =>
    fixture.runs.find(
      ({ optimizer }) => optimizer.kind === kind && optimizer.clipNorm === clipNorm,
    ) as (typeof fixture.runs)[0]

  it.each([
    ['momentum', { momentum: 0.8 }],
    ['weight decay', { weightDecay: 0 }],
    ['clipping', { clipNorm: null }],
  ])('would be caught with another %s', (_, change) => {
    for (const kind of ['sgd', 'lars', 'adamw'] as const) {
      const { optimizer, parameters } = run(kind, 4)
      if (kind === 'adamw' && 'clipNorm' in change) continue
      expect(worstError(runSteps({ ...optimizer, ...change }, 0, 6).parameters, parameters)).toBeGreaterThan(1e-5)
    }
  })

  it('leaves a parameter without a gradient, and its slots, as they are, and does not clip by strangers', () => {
    const parameters = parametersFrom(startValues)
    const gamma = parameters.get('gamma') as tf.Variable
    const { optimizer: config } = run('sgd', 4)
    const optimizer = createOptimizer(parameters, { ...config, learningRate: 1 })
    optimizer.apply({ [gamma.name]: tf.tensor1d([1, 1, 1]), stranger: tf.scalar(1e6) }, 0.1, 1)
    expect(valuesOf(parameters).kernel).toEqual(startValues.kernel)
    expect(valuesOf(optimizer.slots)['velocity.kernel']).toEqual([0, 0, 0, 0, 0, 0])
    expect(valuesOf(optimizer.slots)['velocity.gamma']?.[0]).toBeCloseTo(1.05, 5)
  })

  it('takes a weight at zero and a gradient at zero without a number that is not finite', () => {
    const still = new Map([
      ['kernel', tf.variable(tf.zeros([2, 2]))],
      ['other', tf.variable(tf.ones([2, 2]))],
    ])
    const [kernel, other] = [...still.values()] as [tf.Variable, tf.Variable]
    const lars = createOptimizer(still, { ...run('lars', 4).optimizer, learningRate: 1 })
    lars.apply({ [kernel.name]: tf.ones([2, 2]), [other.name]: tf.zeros([2, 2]) }, 0.1, 1)
    expect(Array.from(kernel.dataSync())).toEqual(
      [-0.1, -0.1, -0.1, -0.1].map((value) => expect.closeTo(value, 6) as number),
    )
    expect(Array.from(other.dataSync())).toEqual([1, 1, 1, 1])
  })

  it('leaves no tensor behind, not even where stored slots are refused half way', () => {
    const before = tf.memory().numTensors
    for (const { optimizer } of fixture.runs) runSteps(optimizer, 0, 2)
    const parameters = parametersFrom(startValues)
    const refusing = (slot: string) => {
      if (slot.endsWith('gamma')) throw new Error('lacks a slot')
      return new Float32Array(6)
    }
    expect(() => createOptimizer(parameters, { ...run('adamw', null).optimizer, learningRate: 1 }, refusing)).toThrow(
      'lacks a slot',
    )
    tf.dispose([...parameters.values()])
    expect(tf.memory().numTensors).toBe(before)
  })
})
