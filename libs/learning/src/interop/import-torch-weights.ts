import { EncoderConfig } from '@lethe/domain'
import { f32, type StoredTensor } from '@lethe/safetensors'
import { writeWeights, type Raster } from '../checkpoint/weights-file.js'
import type { Parameter } from '../encoders/parameter.js'
import { imageTower } from '../towers/image-tower.js'
import { untrained } from '../towers/tower.js'
import { assertResNet, detectResNet, type ResNetConfig } from './detect-resnet.js'
import type { ForeignTensor } from './foreign-tensor.js'
import { refuse } from './interop-error.js'
import { readForeignWeights } from './read-foreign-weights.js'
import { findHead, type FoundHead } from './read-head.js'
import { findBackbone, listed, toTorchvision, type FoundBackbone } from './resnet-names.js'
import { toOurLayout, type NumberedArray } from './torch-layout.js'

export interface ImportTorchOptions {
  /** Pictures that the model is to take. */
  readonly raster: Raster
  /** How refusals and notes call the file. */
  readonly fileName?: string | undefined
  /** What stands before the names of the one network to read, where the file holds several: `module.encoder_k.`. */
  readonly prefix?: string | undefined
  /** The head to begin with where the file has none that can be read. */
  readonly projection?: EncoderConfig['projection'] | undefined
  /** Decides the values of that head. */
  readonly seed?: number | undefined
}

export interface ImportedModel {
  /** A weights file of ours. */
  readonly weights: Uint8Array
  readonly config: EncoderConfig
  /** What a reader should know of how it came about, one sentence each. */
  readonly notes: readonly string[]
}

/**
 * A ResNet-18 or ResNet-50 with its projection head, from a safetensors file or from what torch.save wrote, in torchvision's
 * names or as lightly, MoCo and SimCLR name theirs. No code of the file is run. In evaluation the model gives what PyTorch's
 * gives, on pictures that were standardised with ImageNet's mean and deviation.
 * @throws DomainError INTEROP_*
 */
export function importTorchWeights(bytes: Uint8Array, options: ImportTorchOptions): ImportedModel {
  const { raster, fileName = 'The file', prefix, projection, seed = 0 } = options
  const { tensors, unread } = readForeignWeights(bytes, fileName)
  const backbone = findBackbone(tensors, prefix)
  const bare = detectResNet(backbone, projection)
  const found = findHead(tensors, backbone.others, imageTower(bare).featureDimension, backbone.prefix)
  const { config, head } = withHead(bare, found)
  const { parameters } = imageTower(config)
  const own = parameters.filter(({ name }) => name.startsWith('encoder.'))
  assertResNet(backbone, own)
  assertWithin(bytes, [...backbone.tensors.values(), ...(head?.names ?? []).flatMap((name) => tensors.get(name) ?? [])])
  const arrays = new Map([...encoderArrays(backbone, own), ...(head?.read() ?? newHead(parameters, seed))])
  return {
    weights: writeWeights({ encoder: config, text: null, raster }, stored(parameters, arrays)),
    config,
    notes: notesOf({ fileName, config, backbone, head, seed, unread }),
  }
}

/** The head that was found, where our configuration has room for it. */
function withHead(bare: ResNetConfig, head: FoundHead | null): { config: ResNetConfig; head: FoundHead | null } {
  const config = EncoderConfig.safeParse({ ...bare, projection: head?.projection ?? bare.projection })
  return config.success ? { config: config.data as ResNetConfig, head } : { config: bare, head: null }
}

/** Tensors may be views of one another; together they must not take more than the file has, or a small file fills the memory. */
function assertWithin(file: Uint8Array, used: readonly ForeignTensor[]): void {
  const bytes = used.reduce((sum, tensor) => sum + tensor.bytes, 0)
  if (bytes > file.length)
    refuse(
      'INTEROP_LIMIT',
      `The tensors of the network take ${bytes} bytes, more than the ${file.length} of the file: some share memory.`,
    )
}

function* encoderArrays({ tensors }: FoundBackbone, own: readonly Parameter[]): Generator<[string, NumberedArray]> {
  for (const { name } of own) {
    const tensor = tensors.get(toTorchvision(name)) as ForeignTensor
    yield [name, toOurLayout({ shape: tensor.shape, data: tensor.read() })]
  }
}

function newHead(parameters: readonly Parameter[], seed: number): ReadonlyMap<string, NumberedArray> {
  const valuesOf = untrained(seed)
  return new Map(
    parameters.flatMap((parameter, position) =>
      parameter.name.startsWith('head.')
        ? [[parameter.name, { shape: parameter.shape, data: valuesOf(parameter, position) }]]
        : [],
    ),
  )
}

const stored = (
  parameters: readonly Parameter[],
  arrays: ReadonlyMap<string, NumberedArray>,
): Map<string, StoredTensor> =>
  new Map(parameters.map(({ name, shape }) => [name, f32(shape, (arrays.get(name) as NumberedArray).data)]))

interface Story {
  readonly fileName: string
  readonly config: ResNetConfig
  readonly backbone: FoundBackbone
  readonly head: FoundHead | null
  readonly seed: number
  readonly unread: readonly string[]
}

function notesOf({ fileName, config, backbone, head, seed, unread }: Story): string[] {
  const { kind, stem, width, projection } = config
  const left = backbone.others.filter((name) => head?.names.includes(name) !== true)
  const shape = projection.hidden === null ? `${projection.output}` : `${projection.hidden}–${projection.output}`
  return [
    `${fileName} was read as ${kind}, ${stem} stem, width ${width}${backbone.prefix === '' ? '' : `, from "${backbone.prefix}"`}.`,
    'Embeddings equal PyTorch’s for pictures standardised with ImageNet’s mean and deviation, as they are here.',
    ...(stem === 'cifar' ? ['With a first convolution of 3×3, stride 1 and no pooling are taken for granted.'] : []),
    head === null
      ? `No projection head was found that can be read; a new one (${shape}) was drawn from seed ${seed}.`
      : `The projection head (${shape}) was read from "${head.prefix}".`,
    ...(left.length > 0 ? [`Left out: ${listed(left)}.`] : []),
    ...(unread.length > 0 ? [`Named in the file, and neither run nor read: ${listed(unread)}.`] : []),
  ]
}
