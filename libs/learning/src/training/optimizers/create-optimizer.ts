import type { OptimizerConfig } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { adamW } from './adam-w.js'
import { clipGradients } from './clip-gradients.js'
import { lars } from './lars.js'
import { momentumSgd } from './momentum-sgd.js'
import type { Optimizer, UpdateRule } from './optimizer.js'

/**
 * The optimiser that a config names, with clipping in front of it.
 * @param initial values of a slot `<slot>.<parameter>`, of the parameter's shape; zeros without it. What it throws is thrown.
 */
export function createOptimizer(
  parameters: ReadonlyMap<string, tf.Variable>,
  config: OptimizerConfig,
  initial?: (slot: string) => Float32Array,
): Optimizer {
  const rule = ruleOf(config)
  const slots = createSlots(parameters, rule, initial)
  return {
    slots,
    apply: (gradients, learningRate, step) => {
      tf.tidy(() => {
        for (const [name, gradient] of usedGradients(parameters, gradients, config.clipNorm))
          // One parameter's intermediates at a time: over all of them they would be larger than the gradients' activations.
          tf.tidy(() => {
            const parameter = parameters.get(name) as tf.Variable
            const own = rule.slots.map((slot) => slots.get(`${slot}.${name}`) as tf.Variable)
            const next = rule.update({ parameter, gradient, slots: own, learningRate, step })
            own.forEach((slot, index) => slot.assign(next.slots[index] as tf.Tensor))
            parameter.assign(next.parameter)
          })
      })
    },
    dispose: () => tf.dispose([...slots.values()]),
  }
}

function ruleOf(config: OptimizerConfig): UpdateRule {
  switch (config.kind) {
    case 'sgd':
      return momentumSgd(config)
    case 'lars':
      return lars(config)
    case 'adamw':
      return adamW(config)
  }
}

function createSlots(
  parameters: ReadonlyMap<string, tf.Variable>,
  rule: UpdateRule,
  initial?: (slot: string) => Float32Array,
): ReadonlyMap<string, tf.Variable> {
  const slots = new Map<string, tf.Variable>()
  try {
    for (const kind of rule.slots)
      for (const [name, { shape }] of parameters) {
        const values = initial?.(`${kind}.${name}`)
        const start = () => (values === undefined ? tf.zeros(shape) : tf.tensor(values, shape))
        slots.set(
          `${kind}.${name}`,
          tf.tidy(() => tf.variable(start(), false)),
        )
      }
    return slots
  } catch (error) {
    tf.dispose([...slots.values()])
    throw error
  }
}

/** By parameter name; only of parameters, clipped where asked. */
function usedGradients(
  parameters: ReadonlyMap<string, tf.Variable>,
  gradients: tf.NamedTensorMap,
  clipNorm: number | null,
): Map<string, tf.Tensor> {
  const used = new Map<string, tf.Tensor>()
  for (const [name, variable] of parameters) {
    const gradient = gradients[variable.name]
    if (gradient !== undefined) used.set(name, gradient)
  }
  return clipNorm === null ? used : clipGradients(used, clipNorm)
}
