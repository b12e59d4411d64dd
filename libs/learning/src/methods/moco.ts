import type { Samples, TrainingRecipe } from '@lethe/domain'
import * as tf from '@tensorflow/tfjs'
import { mocoInfoNceRows } from '../losses/moco-info-nce.js'
import { followQuery, type ContrastiveModel, type Momentum } from '../model/contrastive-model.js'
import { blocksOf, thirdCosines, type Framework } from './framework.js'
import { ownView, partnerView, thirdView, type SampleBatch } from './sample-batch.js'
import { sampleTags } from './sample-tags.js'

/**
 * MoCo (arXiv 1911.05722): a query of one view against the key of another and the queue. Keys of partners, then of thirds,
 * come from the momentum encoder, which no gradient reaches. Only keys of samples to be learned from enter the queue.
 */
export function moco(
  { temperature, keyMomentum }: Extract<TrainingRecipe, { framework: 'moco' }>,
  model: ContrastiveModel,
  sets: readonly Samples[],
): Framework {
  const momentum = model.momentum as Momentum
  const tags = sampleTags(sets[0] as Samples)
  return {
    inputs: (batch) => ({
      image: ownView(batch, 0),
      key: [...partnerView(batch), ...thirdView(batch)],
    }),
    contrast: ({ image, key }, { samples, thirds }) => {
      const [partner, third] = blocksOf(key as tf.Tensor2D, [samples.length, thirds]) as [tf.Tensor2D, tf.Tensor2D?]
      return {
        rows: mocoInfoNceRows(image, partner, momentum.queue.keys, temperature),
        cosines: thirdCosines(image, third),
      }
    },
    afterStep: (batch, key) => {
      enqueueLearned(momentum, batch, key, tags)
      followQuery(momentum, model.image, keyMomentum)
    },
  }
}

/** The keys of samples to be learned from stand first, as the samples do. */
function enqueueLearned({ queue }: Momentum, { samples }: SampleBatch, key: tf.Tensor2D, tags: Int32Array): void {
  const learned = samples.filter(({ set }) => set === 0)
  if (learned.length === 0) return
  const tagsOfKeys = Int32Array.from(
    learned.flatMap(({ index }) => [tags[2 * index] as number, tags[2 * index + 1] as number]),
  )
  const keys = tf.slice(key, [0, 0], [learned.length, -1])
  queue.enqueue(keys, tagsOfKeys)
  keys.dispose()
}
