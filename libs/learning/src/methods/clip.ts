import type { Samples, TrainingRecipe } from '@lethe/domain'
import type * as tf from '@tensorflow/tfjs'
import { tokenizeTexts } from '../encoders/byte-tokens.js'
import { clipRows } from '../losses/clip-loss.js'
import { cosineRows } from '../losses/cosine-rows.js'
import { blocksOf, type Framework } from './framework.js'
import { ownView } from './sample-batch.js'

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
      const own = batch.withThird ? batch.samples.map(({ set, index }) => tokensOf(set, index)) : []
      return { image: ownView(batch, 0), text: [...partners, ...own] }
    },
    contrast: ({ image, text: texts, logitScale }, { withThird }) => {
      const [partner, own] = blocksOf(texts as tf.Tensor2D, withThird ? 2 : 1) as [tf.Tensor2D, tf.Tensor2D | undefined]
      return {
        rows: clipRows(image, partner, logitScale as tf.Scalar),
        cosines: own === undefined ? null : cosineRows(image, own),
      }
    },
  }
}
