import type { EncoderConfig } from '@lethe/domain'
import type * as tf from '@tensorflow/tfjs'
import { averagePixels } from '../ops/average-pixels.js'
import { convolve } from '../ops/convolve.js'
import { rectify } from '../ops/rectify.js'
import type { Architecture, Layers } from './architecture.js'
import { batchNorm, kernel } from './parameter.js'

type CompactConvConfig = Extract<EncoderConfig, { kind: 'compact-conv' }>

/** Per stage: convolution 3×3 of stride 2, batch norm, ReLU; convolution 3×3, batch norm, ReLU. Then the mean over pixels. */
export function compactConv({ widths }: CompactConvConfig): Architecture {
  const parameters = widths.flatMap((width, stage) => {
    const before = widths[stage - 1] ?? 3
    return [
      kernel(`encoder.stage${stage}.conv0`, [3, 3, before, width]),
      ...batchNorm(`encoder.stage${stage}.norm0`, width),
      kernel(`encoder.stage${stage}.conv1`, [3, 3, width, width]),
      ...batchNorm(`encoder.stage${stage}.norm1`, width),
    ]
  })
  return {
    parameters,
    featureDimension: widths.at(-1) as number,
    features(images, layers) {
      let x = images
      for (let stage = 0; stage < widths.length; stage++) {
        x = block(x, layers, `encoder.stage${stage}`, 0, 2, stage > 0)
        x = block(x, layers, `encoder.stage${stage}`, 1, 1, true)
      }
      return averagePixels(x)
    },
  }
}

function block(
  x: tf.Tensor4D,
  layers: Layers,
  stage: string,
  position: number,
  stride: 1 | 2,
  needsInputGradient: boolean,
): tf.Tensor4D {
  const convolved = convolve(x, layers.get(`${stage}.conv${position}.kernel`), { stride, needsInputGradient })
  return rectify(layers.normalize(`${stage}.norm${position}`, convolved))
}
