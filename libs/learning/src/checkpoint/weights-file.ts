import { EncoderConfig, isDomainError, TextEncoderConfig } from '@lethe/domain'
import { parseSafetensors, serializeSafetensors, type SafetensorsFile, type StoredTensor } from '@lethe/safetensors'
import { z } from 'zod'
import type { Parameter } from '../encoders/parameter.js'
import { refuse } from '../learning-error.js'
import { LOGIT_SCALE, type ModelShape } from '../model/contrastive-model.js'
import { imageTower } from '../towers/image-tower.js'
import { textTower } from '../towers/text-tower.js'

const FORMAT = 'lethe-weights'
const VERSION = '1'

/** Size of the pictures that an encoder was trained on. */
const Raster = z.object({ height: z.int().min(1), width: z.int().min(1), channels: z.literal(3) })
export type Raster = z.infer<typeof Raster>

/** Features of pictures that the endpoint is to withhold, of length 1: [m, featureDimension]. See `suppressOutputs`. */
export const WITHHELD = 'withheld.features'

const Metadata = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  encoder: z.string(),
  raster: z.string(),
  text: z.string().optional(),
})

/** What a weights file says, checked against the towers it names. */
export interface Weights extends ModelShape {
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

/** Every array of a model of this shape. */
export function modelParameters({ encoder, text }: Pick<ModelShape, 'encoder' | 'text'>): Parameter[] {
  const image = imageTower(encoder)
  if (text === null) return [...image.parameters]
  const scale: Parameter = { name: LOGIT_SCALE, shape: [], initial: 'ones', trainable: true }
  return [...image.parameters, ...textTower(text, image.projectionDimension).parameters, scale]
}

export const writeWeights = (
  { encoder, text, raster }: ModelShape,
  tensors: ReadonlyMap<string, StoredTensor>,
): Uint8Array =>
  serializeSafetensors(tensors, {
    format: FORMAT,
    version: VERSION,
    encoder: JSON.stringify(encoder),
    raster: JSON.stringify(raster),
    ...(text === null ? {} : { text: JSON.stringify(text) }),
  })

/** @throws DomainError CHECKPOINT_INVALID naming `field`; `field` is the input that the bytes came in as. */
export function readWeights(bytes: Uint8Array, field: string): Weights {
  const { tensors, metadata } = parseCheckpoint(bytes, field)
  const shape = readShape(metadata, field)
  const expected = modelParameters(shape)
  for (const parameter of expected) assertTensor(tensors.get(parameter.name), parameter, field)
  const withheld = tensors.get(WITHHELD)
  if (tensors.size !== expected.length + (withheld === undefined ? 0 : 1))
    refuse('CHECKPOINT_INVALID', 'The weights hold tensors that their architecture does not have.', field)
  if (withheld !== undefined) assertWithheld(withheld, imageTower(shape.encoder).featureDimension, field)
  return { ...shape, tensors }
}

function readShape(metadata: SafetensorsFile['metadata'], field: string): ModelShape {
  const read = Metadata.safeParse(metadata)
  const encoder = EncoderConfig.safeParse(parseJson(read.data?.encoder))
  const raster = Raster.safeParse(parseJson(read.data?.raster))
  const text =
    read.data?.text === undefined ? ({ data: null } as const) : TextEncoderConfig.safeParse(parseJson(read.data.text))
  if (!encoder.success || !raster.success || text.data === undefined)
    return refuse('CHECKPOINT_INVALID', `These bytes are not encoder weights of version ${VERSION}.`, field)
  const { height, width } = raster.data
  if (encoder.data.kind === 'compact-vit' && (height !== encoder.data.imageSize || width !== encoder.data.imageSize))
    refuse('CHECKPOINT_INVALID', `The weights say ${height}×${width} pictures and an encoder for others.`, field)
  return { encoder: encoder.data, raster: raster.data, text: text.data }
}

function assertTensor(tensor: StoredTensor | undefined, { name, shape }: Parameter, field: string): void {
  if (tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join())
    refuse(
      'CHECKPOINT_INVALID',
      `Tensor ${name} of shape [${shape.join(', ')}] is missing or has another shape.`,
      field,
    )
  if (!tensor.data.every(Number.isFinite))
    refuse('CHECKPOINT_INVALID', `Tensor ${name} holds numbers that are not finite.`, field)
}

function assertWithheld({ dtype, shape, data }: StoredTensor, width: number, field: string): void {
  if (dtype !== 'F32' || shape.length !== 2 || shape[1] !== width || !data.every(Number.isFinite))
    refuse('CHECKPOINT_INVALID', `Tensor ${WITHHELD} must be F32 of shape [m, ${width}].`, field)
}

/** Parses safetensors and says which input was at fault. */
export function parseCheckpoint(bytes: Uint8Array, field: string): SafetensorsFile {
  try {
    return parseSafetensors(bytes)
  } catch (error) {
    if (isDomainError(error)) refuse('CHECKPOINT_INVALID', `The checkpoint cannot be read: ${error.message}`, field)
    throw error
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
