import type { TrainingRecipe } from '@lethe/domain'
import type * as tf from '@tensorflow/tfjs'
import { cosineRows } from '../losses/cosine-rows.js'
import { ntXentRows } from '../losses/nt-xent.js'
import { blocksOf, type Framework } from './framework.js'
import { ownView, partnerView } from './sample-batch.js'

/** SimCLR (arXiv 2002.05709): all views of a batch go through one tower, first views, then partners, then thirds. */
export const simclr = ({ temperature }: Extract<TrainingRecipe, { framework: 'simclr' }>): Framework => ({
  inputs: (batch) => ({
    image: [...ownView(batch, 0), ...partnerView(batch), ...(batch.withThird ? ownView(batch, 2) : [])],
  }),
  contrast: ({ image }, { withThird }) => {
    const [z0, z1, z2] = blocksOf(image, withThird ? 3 : 2) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D | undefined]
    return { rows: ntXentRows(z0, z1, temperature), cosines: z2 === undefined ? null : cosineRows(z0, z2) }
  },
})
