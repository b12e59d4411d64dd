import type { EncoderConfig } from '@lethe/domain'
import type * as tf from '@tensorflow/tfjs'
import { averagePixels } from '../ops/average-pixels.js'
import { convolve } from '../ops/convolve.js'
import { maxPool } from '../ops/max-pool.js'
import { rectify, rectifySum } from '../ops/rectify.js'
import type { Architecture, Layers } from './architecture.js'
import { batchNorm, type Parameter } from './parameter.js'

type ResNetConfig = Extract<EncoderConfig, { kind: 'resnet-18' | 'resnet-50' }>

/** Blocks per stage, and channels of a block's output per channel of its stage. */
const layouts = {
  'resnet-18': { blocks: [2, 2, 2, 2], expansion: 1 },
  'resnet-50': { blocks: [3, 4, 6, 3], expansion: 4 },
} as const

interface Block {
  /** torchvision's module path. */
  readonly name: string
  readonly inputs: number
  readonly width: number
  readonly outputs: number
  readonly stride: 1 | 2
  /** Whether the shortcut is a convolution 1×1 because size or channels change. */
  readonly isProjected: boolean
  readonly isBottleneck: boolean
}

/**
 * ResNet (arXiv 1512.03385) as torchvision lays it out (v1.5: the stride of a bottleneck lies on its convolution 3×3), its
 * module paths below `encoder.` as names.
 */
export function resnet({ kind, stem, width }: ResNetConfig): Architecture {
  const blocks = blocksOf(kind, width)
  const size = stem === 'cifar' ? 3 : 7
  return {
    parameters: [
      convolution('encoder.conv1', [size, size, 3, width]),
      ...batchNorm('encoder.bn1', width),
      ...blocks.flatMap(blockParameters),
    ],
    featureDimension: blocks.at(-1)?.outputs ?? width,
    features(images, layers) {
      const stride = stem === 'cifar' ? 1 : 2
      const first = convolve(images, layers.get('encoder.conv1.kernel'), { stride, needsInputGradient: false })
      const active = rectify(layers.normalize('encoder.bn1', first))
      const start = stem === 'cifar' ? active : maxPool(active)
      return averagePixels(blocks.reduce((x, block) => forwardBlock(x, block, layers), start))
    },
  }
}

function blocksOf(kind: ResNetConfig['kind'], width: number): Block[] {
  const { blocks, expansion } = layouts[kind]
  let inputs = width
  return blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, position): Block => {
      const stageWidth = width * 2 ** stage
      const outputs = stageWidth * expansion
      const stride = stage > 0 && position === 0 ? 2 : 1
      const block: Block = {
        name: `encoder.layer${stage + 1}.${position}`,
        inputs,
        width: stageWidth,
        outputs,
        stride,
        isProjected: stride === 2 || inputs !== outputs,
        isBottleneck: expansion > 1,
      }
      inputs = outputs
      return block
    }),
  )
}

const convolution = (name: string, shape: readonly number[]): Parameter => ({
  name: `${name}.kernel`,
  shape,
  initial: 'fan-out',
  trainable: true,
})

/** Edge, channels and stride of each convolution of a block's main path. */
function pathOf({ inputs, width, outputs, stride, isBottleneck }: Block): [number, number, number, 1 | 2][] {
  return isBottleneck
    ? [
        [1, inputs, width, 1],
        [3, width, width, stride],
        [1, width, outputs, 1],
      ]
    : [
        [3, inputs, width, stride],
        [3, width, outputs, 1],
      ]
}

function blockParameters(block: Block): Parameter[] {
  const { name, inputs, outputs, isProjected } = block
  const path = pathOf(block).flatMap(([edge, from, to], index) => [
    convolution(`${name}.conv${index + 1}`, [edge, edge, from, to]),
    ...batchNorm(`${name}.bn${index + 1}`, to),
  ])
  if (!isProjected) return path
  return [
    ...path,
    convolution(`${name}.downsample.0`, [1, 1, inputs, outputs]),
    ...batchNorm(`${name}.downsample.1`, outputs),
  ]
}

function forwardBlock(x: tf.Tensor4D, block: Block, layers: Layers): tf.Tensor4D {
  const { name, stride, isProjected } = block
  const path = pathOf(block)
  const y = path.reduce((input, [, , , step], index) => {
    const kernel = layers.get<tf.Tensor4D>(`${name}.conv${index + 1}.kernel`)
    const convolved = convolve(input, kernel, { stride: step, needsInputGradient: true })
    const normal = layers.normalize(`${name}.bn${index + 1}`, convolved)
    return index < path.length - 1 ? rectify(normal) : normal
  }, x)
  if (!isProjected) return rectifySum(y, x)
  const kernel = layers.get<tf.Tensor4D>(`${name}.downsample.0.kernel`)
  const shortcut = convolve(x, kernel, { stride, needsInputGradient: true })
  return rectifySum(y, layers.normalize(`${name}.downsample.1`, shortcut))
}
