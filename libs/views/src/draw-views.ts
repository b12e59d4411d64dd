import { randomStream, type PackedImages, type ViewConfig } from '@lethe/domain'
import { blur } from './blur.js'
import { recolour } from './colour.js'
import { cropInto } from './crop.js'
import { drawViewParameters } from './view-parameters.js'

/** What a view is keyed by besides its sample: equal keys give equal views, in any batch and in any order. */
export interface ViewKey {
  readonly seed: number
  readonly epoch: number
  readonly view: number
}

/** One view of the sample at `index`, written to `target` from `offset` as floats in [0, 1], [height, width, channels]. */
export function drawViewInto(
  target: Float32Array,
  offset: number,
  images: PackedImages,
  index: number,
  config: ViewConfig,
  { seed, epoch, view }: ViewKey,
): void {
  const { height, width, channels } = images
  const parameters = drawViewParameters(config, images, randomStream(seed, index, epoch, view))
  cropInto(target, offset, images.data, index * height * width * channels, images, parameters)
  if (channels === 3) recolour(target, offset, height * width, parameters)
  if (parameters.blurSigma > 0) blur(target, offset, images, parameters.blurSigma)
}

/** One view of every sample: floats in [0, 1], [count, height, width, channels]. */
export function drawViews(images: PackedImages, config: ViewConfig, key: ViewKey): Float32Array {
  const size = images.height * images.width * images.channels
  const views = new Float32Array(images.count * size)
  for (let index = 0; index < images.count; index++) drawViewInto(views, index * size, images, index, config, key)
  return views
}
