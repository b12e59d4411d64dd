import * as tf from '@tensorflow/tfjs'
import { withGradient } from '../ops/custom-gradient.js'
import { logSumExpRows } from '../ops/log-sum-exp-rows.js'
import { multiplyMatrices } from '../ops/multiply-matrices.js'
import { normalizeRows } from '../ops/normalize-rows.js'

/** exp(logit_scale) goes no higher (CLIP, arXiv 2103.00020, section 2.5). */
const LARGEST_LOGIT_SCALE = Math.log(100)

/**
 * Cross-entropy of each picture over all texts, then of each text over all pictures, at logits exp(s)·I·Tᵀ (CLIP, arXiv
 * 2103.00020, fig. 3). image, text: [n, d], row i of one belongs to row i of the other. logitScale: s, scalar. → [2n]
 */
export function clipRows(image: tf.Tensor2D, text: tf.Tensor2D, logitScale: tf.Scalar): tf.Tensor1D {
  const [pictures, texts] = [normalizeRows(image), normalizeRows(text)]
  const scale = tf.exp(clampScale(logitScale))
  const logits = tf.mul<tf.Tensor2D>(multiplyMatrices(pictures, tf.transpose(texts)), scale)
  const positive = tf.mul(tf.sum(tf.mul(pictures, texts), 1), scale)
  const [overTexts, overPictures] = [logSumExpRows(logits), logSumExpRows(tf.transpose(logits))]
  return tf.sub(tf.concat([overTexts, overPictures]), tf.concat([positive, positive]))
}

/** Mean of `clipRows`: the mean of both directions. */
export const clipLoss = (image: tf.Tensor2D, text: tf.Tensor2D, logitScale: tf.Scalar): tf.Scalar =>
  tf.mean(clipRows(image, text, logitScale))

/** min(s, ln 100). Beyond the bound a gradient still leads back, and never further out. */
function clampScale(logitScale: tf.Scalar): tf.Scalar {
  return withGradient([logitScale], (save) => {
    save([logitScale])
    return {
      value: tf.minimum(logitScale, LARGEST_LOGIT_SCALE),
      gradient: (dy, [scale]) => {
        const isInside = tf.lessEqual(scale as tf.Scalar, LARGEST_LOGIT_SCALE)
        return [tf.where(tf.logicalOr(isInside, tf.greater(dy, 0)), dy, tf.zerosLike(dy))]
      },
    }
  }) as tf.Scalar
}
