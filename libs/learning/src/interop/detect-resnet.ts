import { EncoderConfig } from '@lethe/domain'
import { refuse } from './interop-error.js'
import { listed, toTorchvision, type FoundBackbone } from './resnet-names.js'
import { torchShape } from './torch-layout.js'
import type { Parameter } from '../encoders/parameter.js'

export type ResNetConfig = Extract<EncoderConfig, { kind: 'resnet-18' | 'resnet-50' }>

const depths: Readonly<Record<string, string>> = {
  'basic 2,2,2,2': 'resnet-18',
  'basic 3,4,6,3': 'ResNet-34',
  'bottleneck 3,4,6,3': 'resnet-50',
  'bottleneck 3,4,23,3': 'ResNet-101',
  'bottleneck 3,8,36,3': 'ResNet-152',
}
const stems: Readonly<Record<number, ResNetConfig['stem']>> = { 3: 'cifar', 7: 'imagenet' }

/**
 * Which ResNet it is, by its tensors' names and shapes.
 * @throws DomainError INTEROP_UNSUPPORTED
 */
export function detectResNet(
  { tensors }: FoundBackbone,
  projection: EncoderConfig['projection'] | undefined,
): ResNetConfig {
  const [width, , height, across] = tensors.get('conv1.weight')?.shape ?? []
  const stem = height === across ? stems[height as number] : undefined
  if (stem === undefined)
    return refuse(
      'INTEROP_UNSUPPORTED',
      `The first convolution is ${height}×${across}; ResNets with 3×3 and 7×7 are read.`,
    )
  const block = tensors.has('layer1.0.conv3.weight') ? 'bottleneck' : 'basic'
  const counts = [1, 2, 3, 4].map((stage) => blocksOf(tensors, stage))
  const kind = depths[`${block} ${counts.join()}`]
  const config = EncoderConfig.safeParse({ kind, stem, width, ...(projection === undefined ? {} : { projection }) })
  if (!config.success)
    return refuse(
      'INTEROP_UNSUPPORTED',
      `This is ${kind ?? `a ResNet of ${counts.join(' + ')} ${block} blocks`} of width ${width}; ResNet-18 and ResNet-50 of width 4 to 256 are read.`,
    )
  return config.data as ResNetConfig
}

const blocksOf = (tensors: FoundBackbone['tensors'], stage: number): number =>
  [...tensors.keys()].filter((name) => new RegExp(`^layer${stage}\\.\\d{1,3}\\.conv1\\.weight$`).test(name)).length

/**
 * Refuses a backbone that lacks a tensor of the architecture, has another shape, or has more.
 * @throws DomainError INTEROP_NAMES
 */
export function assertResNet({ prefix, tensors }: FoundBackbone, parameters: readonly Parameter[]): void {
  const expected = new Map(parameters.map(({ name, shape }) => [toTorchvision(name), torchShape(shape).join()]))
  const missing = [...expected.keys()].filter((name) => !tensors.has(name))
  const unexpected = [...tensors.keys()].filter((name) => !expected.has(name))
  const misshapen = [...expected].flatMap(([name, shape]) => {
    const found = tensors.get(name)?.shape.join()
    return found === undefined || found === shape ? [] : [`${name} [${found}] instead of [${shape}]`]
  })
  const faults = [
    ...(missing.length > 0 ? [`it lacks ${listed(missing)}`] : []),
    ...(unexpected.length > 0 ? [`it has ${listed(unexpected)}, which that network does not`] : []),
    ...(misshapen.length > 0 ? [`it has ${listed(misshapen)}`] : []),
  ]
  if (faults.length > 0)
    refuse(
      'INTEROP_NAMES',
      `The tensors under "${prefix}" are not the ResNet that they begin as: ${faults.join('; ')}.`,
    )
}
