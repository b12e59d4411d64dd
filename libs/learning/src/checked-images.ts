import type { EncoderConfig, PackedImages, Samples } from '@lethe/domain'
import type { Raster } from './checkpoint/weights-file.js'
import { refuse } from './learning-error.js'

/** Refuses pictures whose bytes do not match their size, and others than RGB. `field` is the input they came in as. */
export function assertImages(images: PackedImages, field: string): void {
  const { data, count, height, width, channels } = images
  if (channels !== 3)
    refuse('IMAGES_INVALID', `Encoders take RGB pictures, not ${channels} channels.`, `${field}.channels`)
  if (![count, height, width].every((size) => Number.isSafeInteger(size) && size >= 0) || height < 1 || width < 1)
    refuse('IMAGES_INVALID', 'Count, height and width must be whole numbers, height and width above 0.', field)
  if (data.length !== count * height * width * channels)
    refuse(
      'IMAGES_INVALID',
      `${count} pictures of ${height}×${width}×${channels} need ${count * height * width * channels} bytes, not ${data.length}.`,
      `${field}.data`,
    )
}

/** Refuses pictures that the encoder's position embeddings were not made for. */
export function assertEncoderTakes(encoder: EncoderConfig, { height, width }: PackedImages, field: string): void {
  if (encoder.kind === 'compact-vit' && (height !== encoder.imageSize || width !== encoder.imageSize))
    refuse(
      'IMAGES_INVALID',
      `Pictures are ${height}×${width} and recipe.encoder.imageSize is ${encoder.imageSize}; make them equal.`,
      field,
    )
}

/** Refuses samples without a caption for each picture. */
export function assertCaptions({ captions, count }: Samples, field: string): void {
  if (captions?.length !== count)
    refuse('CAPTIONS_MISSING', 'CLIP learns from pairs: give one caption per picture.', `${field}.captions`)
}

/** Refuses pictures of another size than these. */
export function assertRaster(
  images: PackedImages,
  { height, width }: Pick<Raster, 'height' | 'width'>,
  field: string,
): void {
  if (images.height !== height || images.width !== width)
    refuse(
      'IMAGES_INVALID',
      `Pictures are ${images.height}×${images.width} where ${height}×${width} are expected; resize them.`,
      field,
    )
}

export const rasterOf = ({ height, width }: PackedImages): Raster => ({ height, width, channels: 3 })

/** FNV-1a of the pictures and captions: tells one data set from another, not meant against forgery. */
export function fingerprint(images: Samples): string {
  let hash = hashOf(images.data)
  for (const caption of images.captions ?? [])
    for (let at = 0; at <= caption.length; at++) hash = Math.imul(hash ^ (caption.charCodeAt(at) | 0), PRIME)
  return `${images.count}x${images.height}x${images.width}:${(hash >>> 0).toString(16)}`
}

/** FNV-1a of these bytes, likewise. */
export const fingerprintOf = (bytes: Uint8Array): string => `${bytes.length}:${(hashOf(bytes) >>> 0).toString(16)}`

const PRIME = 0x01000193

function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME)
  return hash
}
