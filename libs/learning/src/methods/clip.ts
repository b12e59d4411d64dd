import type { Samples, TrainingRecipe } from '@lethe/domain'
import type * as tf from '@tensorflow/tfjs'
import { tokenizeTexts } from '../encoders/byte-tokens.js'
import { clipRows } from '../losses/clip-loss.js'
import { blocksOf, thirdCosines, type Framework } from './framework.js'
import { ownView, thirdsOf } from './sample-batch.js'

/**
 * CLIP (arXiv 2103.00020): one view of each picture against the text of its partner. Where a third is asked for it is the
 * picture's own text.
 */
export function clip({ text }: Extract<TrainingRecipe, { framework: 'clip' }>, sets: readonly Samples[]): Framework {
  const { contextLength } = text
  const tokens = sets.map(({ captions }) => tokenizeTexts(captions ?? [], contextLength))
  const tokensOf = (set: number, index: number) =>
    (tokens[set] as Int32Array).subarray(index * contextLength, (index + 1) * contextLength)
  return {
    inputs: (batch) => {
      const partners = batch.samples.map(({ set, partner }) => tokensOf(set, partner))
      const own = thirdsOf(batch).map(({ set, index }) => tokensOf(set, index))
      return { image: ownView(batch, 0), text: [...partners, ...own] }
    },
    contrast: ({ image, text: texts, logitScale }, { samples, thirds }) => {
      const [partner, own] = blocksOf(texts as tf.Tensor2D, [samples.length, thirds]) as [tf.Tensor2D, tf.Tensor2D?]
      return {
        rows: clipRows(image, partner, logitScale as tf.Scalar),
        cosines: thirdCosines(image, own),
      }
    },
  }
}
