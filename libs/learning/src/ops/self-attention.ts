import * as tf from '@tensorflow/tfjs'
import { withGradient } from './custom-gradient.js'
import { foldNorm, foldNormGradient, type Linear, type NormalizedLinear } from './fold-norm.js'
import { addBias, product, sumRows } from './matrix-kernels.js'
import { standardizeRows, standardizeRowsGradient } from './standardize-rows.js'

export interface AttentionShape {
  readonly heads: number
  /** Rows per sample. */
  readonly length: number
}

/**
 * x + W₂·attention(W₁·norm(x) + b₁) + b₂, the first half of a pre-norm block (arXiv 2002.04745): softmax(q·kᵀ/√d + mask)·v
 * (arXiv 1706.03762, eq. 1) for every sample and head, with layer norm. The rows of each sample lie one after the other.
 * mask: [length, length], 0 where a row may look and −1e9 where not; null lets every row look everywhere.
 * x: [n·length, w], W₁: [w, 3w], queries first, then keys, then values, each head by head → [n·length, w].
 */
export function selfAttention(
  x: tf.Tensor2D,
  first: NormalizedLinear,
  second: Linear,
  shape: AttentionShape,
  mask: tf.Tensor2D | null,
): tf.Tensor2D {
  const { gamma, beta, kernel, bias } = first
  const inputs = [x, gamma, beta, kernel, bias, second.kernel, second.bias]
  return withGradient(inputs, (save) => {
    const { unit, inverse } = standardizeRows(x)
    const scale = scaleOf(gamma.size, shape.heads)
    const folded = foldNorm(first, scale)
    const all = splitHeads(addBias(product(unit, folded.kernel), folded.bias), 3 * shape.heads, shape.length)
    const [q, k, v] = tf.split<tf.Tensor4D>(all, 3, 1).map(flatten) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]
    const scores = tf.matMul<tf.Tensor3D>(q, k, false, true)
    const shares = tf.softmax(mask === null ? scores : tf.add<tf.Tensor3D>(scores, mask))
    const rows = joinHeads(unflatten(tf.matMul(shares, v), shape.heads))
    save([unit, inverse, scale, folded.kernel, q, k, v, shares, rows, gamma, beta, kernel, second.kernel])
    return {
      value: tf.add(addBias(product(rows, second.kernel), second.bias), x),
      gradient: (dy, saved) => backward(dy as tf.Tensor2D, saved as Saved, shape),
    }
  }) as tf.Tensor2D
}

type Saved = [
  unit: tf.Tensor2D,
  inverse: tf.Tensor2D,
  scale: tf.Tensor1D,
  inward: tf.Tensor2D,
  q: tf.Tensor3D,
  k: tf.Tensor3D,
  v: tf.Tensor3D,
  shares: tf.Tensor3D,
  rows: tf.Tensor2D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  kernel: tf.Tensor2D,
  outward: tf.Tensor2D,
]

function backward(dy: tf.Tensor2D, saved: Saved, shape: AttentionShape): tf.Tensor[] {
  const [unit, inverse, scale, inward, q, k, v, shares, rows, gamma, beta, kernel, outward] = saved
  const dAttended = flatten(splitHeads(product(dy, outward, 'second'), shape.heads, shape.length))
  const dScores = softmaxGradient(tf.matMul<tf.Tensor3D>(dAttended, v, false, true), shares)
  const dHeads: tf.Tensor3D[] = [
    tf.matMul(dScores, k),
    tf.matMul(dScores, q, true, false),
    tf.matMul(shares, dAttended, true, false),
  ]
  const dAll = joinHeads(
    tf.concat(
      dHeads.map((part) => unflatten(part, shape.heads)),
      1,
    ),
  )
  const dFolded = { kernel: product(unit, dAll, 'first'), bias: sumRows(dAll) }
  const dx = standardizeRowsGradient(product(dAll, inward, 'second'), { unit, inverse })
  return [
    tf.add(dy, dx),
    ...foldNormGradient(dFolded, { gamma, beta, kernel }, scale),
    product(rows, dy, 'first'),
    sumRows(dy),
  ]
}

/** [n·t, h·d] → [n, h, t, d] */
function splitHeads(rows: tf.Tensor2D, heads: number, length: number): tf.Tensor4D {
  const [count, width] = rows.shape
  return tf.transpose(tf.reshape(rows, [count / length, length, heads, width / heads]), [0, 2, 1, 3])
}

/** [n, h, t, d] → [n·t, h·d] */
function joinHeads(x: tf.Tensor4D): tf.Tensor2D {
  const [n, heads, length, depth] = x.shape
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [n * length, heads * depth])
}

/** [n, h, t, d] → [n·h, t, d] */
function flatten(x: tf.Tensor4D): tf.Tensor3D {
  const [n, heads, length, depth] = x.shape
  return tf.reshape(x, [n * heads, length, depth])
}

/** [n·h, t, d] → [n, h, t, d] */
function unflatten(x: tf.Tensor3D, heads: number): tf.Tensor4D {
  const [count, length, depth] = x.shape
  return tf.reshape(x, [count / heads, heads, length, depth])
}

/** 1/√d over the queries' columns and 1 over the others': [3w]. */
const scaleOf = (width: number, heads: number): tf.Tensor1D =>
  tf.concat1d([tf.fill([width], Math.sqrt(heads / width)), tf.ones([2 * width])])

/** d: gradient of the shares, [b, t, t] → gradient of the scores. */
function softmaxGradient(d: tf.Tensor3D, shares: tf.Tensor3D): tf.Tensor3D {
  const weighed = tf.mul(d, shares)
  return tf.sub(weighed, tf.mul<tf.Tensor3D>(shares, tf.sum(weighed, -1, true)))
}
