import { EncoderConfig, isDomainError } from '@lethe/domain'
import {
  f32,
  parseSafetensors,
  serializeSafetensors,
  type SafetensorsFile,
  type StoredTensor,
} from '@lethe/safetensors'
import { z } from 'zod'
import { buildEncoder, encoderParameters, type Encoder } from '../encoders/encoder.js'
import { refuse } from '../learning-error.js'

const FORMAT = 'lethe-weights'
const VERSION = '1'

/** Size of the pictures that an encoder was trained on. */
const Raster = z.object({ height: z.int().min(1), width: z.int().min(1), channels: z.literal(3) })
export type Raster = z.infer<typeof Raster>

const Metadata = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  encoder: z.string(),
  raster: z.string(),
})

/** What a weights file says, checked against the architecture it names. */
export interface Weights {
  readonly config: EncoderConfig
  readonly raster: Raster
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

export const writeWeights = (
  config: EncoderConfig,
  raster: Raster,
  values: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
): Uint8Array =>
  serializeSafetensors(new Map([...values].map(([name, { shape, data }]) => [name, f32(shape, data)])), {
    format: FORMAT,
    version: VERSION,
    encoder: JSON.stringify(config),
    raster: JSON.stringify(raster),
  })

/** @throws DomainError CHECKPOINT_INVALID naming `field`; `field` is the input that the bytes came in as. */
export function readWeights(bytes: Uint8Array, field: string): Weights {
  const file = parseCheckpoint(bytes, field)
  const metadata = Metadata.safeParse(file.metadata)
  const config = EncoderConfig.safeParse(parseJson(metadata.data?.encoder))
  const raster = Raster.safeParse(parseJson(metadata.data?.raster))
  if (!config.success || !raster.success)
    refuse('CHECKPOINT_INVALID', `These bytes are not encoder weights of version ${VERSION}.`, field)
  const expected = encoderParameters(config.data)
  for (const { name, shape } of expected) {
    const tensor = file.tensors.get(name)
    if (tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join())
      refuse(
        'CHECKPOINT_INVALID',
        `Tensor ${name} of shape [${shape.join(', ')}] is missing or has another shape.`,
        field,
      )
    if (!tensor.data.every(Number.isFinite))
      refuse('CHECKPOINT_INVALID', `Tensor ${name} holds numbers that are not finite.`, field)
  }
  if (file.tensors.size !== expected.length)
    refuse('CHECKPOINT_INVALID', 'The weights hold tensors that their architecture does not have.', field)
  return { config: config.data, raster: raster.data, tensors: file.tensors }
}

/** An encoder with these weights. */
export const encoderFrom = ({ config, tensors }: Weights): Encoder =>
  buildEncoder(config, ({ name }) => tensors.get(name)?.data as Float32Array)

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
