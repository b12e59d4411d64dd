import type { TrainingRecipe } from '@lethe/domain'
import type * as tf from '@tensorflow/tfjs'
import { ntXentRows } from '../losses/nt-xent.js'
import { blocksOf, thirdCosines, type Framework } from './framework.js'
import { ownView, partnerView, thirdView } from './sample-batch.js'

/** SimCLR (arXiv 2002.05709): all views of a batch go through one tower, first views, then partners, then thirds. */
export const simclr = ({ temperature }: Extract<TrainingRecipe, { framework: 'simclr' }>): Framework => ({
  inputs: (batch) => ({
    image: [...ownView(batch, 0), ...partnerView(batch), ...thirdView(batch)],
  }),
  contrast: ({ image }, { samples: { length: n }, thirds }) => {
    const [z0, z1, z2] = blocksOf(image, [n, n, thirds]) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D?]
    return { rows: ntXentRows(z0, z1, temperature), cosines: thirdCosines(z0, z2) }
  },
})
