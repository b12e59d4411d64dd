import { TrainingRecipe } from '@lethe/domain'

const imageSize = 32
const endless = 10_000

const recipe = (encoder, batchSize, chunkSize = null) =>
  TrainingRecipe.parse({
    framework: 'simclr',
    encoder,
    views: {},
    epochs: endless,
    batchSize,
    chunkSize,
    // Small enough for any number of steps on noise.
    optimizer: { learningRate: 1e-3 },
    seed: 1,
  })

/** The nets that are timed, over pictures of 32×32; every step is one of SimCLR over two views of each picture. */
export const trainingCases = [
  {
    name: 'conv net',
    imageSize,
    recipe: recipe({ kind: 'compact-conv', widths: [32, 64, 128, 256], projection: { hidden: 256, output: 128 } }, 128),
  },
  { name: 'ResNet-18', imageSize, recipe: recipe({ kind: 'resnet-18' }, 32) },
  { name: 'compact ViT', imageSize, recipe: recipe({ kind: 'compact-vit' }, 32) },
]

/** One step of a batch that would not fit without chunks. */
export const largeBatchCase = {
  name: 'ResNet-18, 512 pictures in chunks of 64 views',
  imageSize,
  recipe: recipe({ kind: 'resnet-18' }, 512, 64),
}
