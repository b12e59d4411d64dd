import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { foldNorm, foldNormGradient, type Linear, type NormalizedLinear } from './fold-norm.js'
import { addBias, product, sumRows } from './matrix-kernels.js'
import { standardizeRows, standardizeRowsGradient } from './standardize-rows.js'

/**
 * x + W₂·GELU(W₁·norm(x) + b₁) + b₂, the second half of a pre-norm block (arXiv 2002.04745), with layer norm and the exact
 * GELU x·Φ(x) (arXiv 1606.08415). x: [n, w] → [n, w].
 *
 * GELU is computed on u = x/√2 as u·(1 + erf u)/√2, the factors folded into the weights on both sides.
 */
export function feedForward(x: tf.Tensor2D, first: NormalizedLinear, second: Linear): tf.Tensor2D {
  const { gamma, beta, kernel, bias } = first
  const inputs = [x, gamma, beta, kernel, bias, second.kernel, second.bias]
  return withGradient(inputs, (save) => {
    const { unit, inverse } = standardizeRows(x)
    const folded = foldNorm(first, Math.SQRT1_2)
    const u = addBias(product(unit, folded.kernel), folded.bias)
    const gate = tf.add<tf.Tensor2D>(tf.erf(u), 1)
    const outward = tf.mul<tf.Tensor2D>(second.kernel, Math.SQRT1_2)
    save([unit, inverse, folded.kernel, u, gate, outward, gamma, beta, kernel])
    return {
      value: tf.add(addBias(product(tf.mul(u, gate), outward), second.bias), x),
      gradient: (dy, saved) => backward(dy as tf.Tensor2D, saved as Saved),
    }
  }) as tf.Tensor2D
}

type Saved = [
  unit: tf.Tensor2D,
  inverse: tf.Tensor2D,
  inward: tf.Tensor2D,
  u: tf.Tensor2D,
  gate: tf.Tensor2D,
  outward: tf.Tensor2D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  kernel: tf.Tensor2D,
]

function backward(dy: tf.Tensor2D, saved: Saved): tf.Tensor[] {
  const [unit, inverse, inward, u, gate, outward, gamma, beta, kernel] = saved
  const dOutward = product(tf.mul(u, gate), dy, 'first')
  const du = tf.tidy(() => tf.mul<tf.Tensor2D>(product(dy, outward, 'second'), gateSlope(u, gate)))
  const dFolded = { kernel: product(unit, du, 'first'), bias: sumRows(du) }
  const dx = standardizeRowsGradient(product(du, inward, 'second'), { unit, inverse })
  return [
    tf.add(dy, dx),
    ...foldNormGradient(dFolded, { gamma, beta, kernel }, Math.SQRT1_2),
    tf.mul(dOutward, Math.SQRT1_2),
    sumRows(dy),
  ]
}

const LOG_SLOPE_OF_ERF = Math.log(2 / Math.sqrt(Math.PI))

/** Derivative of u·(1 + erf u): 1 + erf u + u·(2/√π)·exp(−u²). */
const gateSlope = (u: tf.Tensor2D, gate: tf.Tensor2D): tf.Tensor2D =>
  tf.add(gate, tf.mul(u, tf.exp(tf.sub(LOG_SLOPE_OF_ERF, tf.square(u)))))
