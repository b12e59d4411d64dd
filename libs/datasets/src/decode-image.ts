import sharp from 'sharp'
import { refuse } from './errors.js'

export interface ImageLimits {
  readonly maxBytes: number
  readonly maxPixels: number
}

export const defaultImageLimits: ImageLimits = { maxBytes: 20 * 2 ** 20, maxPixels: 40_000_000 }

const WHITE = { r: 255, g: 255, b: 255 }
const signatures: readonly (readonly [offset: number, bytes: readonly number[]])[][] = [
  [[0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]]],
  [[0, [0xff, 0xd8, 0xff]]],
  [
    [0, [0x52, 0x49, 0x46, 0x46]],
    [8, [0x57, 0x45, 0x42, 0x50]],
  ],
]

/** Told by its first bytes, never by its name: other decoders (SVG, PDF, …) are not reachable from an upload. */
const isPicture = (bytes: Uint8Array): boolean =>
  signatures.some((parts) => parts.every(([offset, part]) => part.every((byte, i) => bytes[offset + i] === byte)))

/**
 * The picture inside PNG, JPEG or WebP bytes, fitted whole into a size × size square on white.
 * EXIF orientation applied, transparency laid on white, 16 bit and CMYK brought to sRGB with 8 bit.
 * @returns RGB, [size, size, 3] row-major.
 * @throws DomainError IMAGE_FORMAT, IMAGE_TOO_LARGE or IMAGE_UNREADABLE.
 */
export async function decodeImage(bytes: Uint8Array, size: number, limits = defaultImageLimits): Promise<Uint8Array> {
  if (bytes.length > limits.maxBytes)
    refuse('IMAGE_TOO_LARGE', `The file has ${bytes.length} bytes; at most ${limits.maxBytes} are read.`)
  if (!isPicture(bytes)) refuse('IMAGE_FORMAT', 'The file is not a PNG, JPEG or WebP picture.')
  await assertPixels(bytes, limits.maxPixels)
  try {
    const { data } = await sharp(bytes, { limitInputPixels: limits.maxPixels, failOn: 'truncated' })
      .autoOrient()
      .toColourspace('srgb')
      .flatten({ background: WHITE })
      .resize({ width: size, height: size, fit: 'contain', background: WHITE })
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (data.length === size * size * 3) return new Uint8Array(data.buffer, data.byteOffset, data.length)
  } catch {
    // The decoder's own words may quote the file; the refusal below does not.
  }
  return refuse('IMAGE_UNREADABLE', 'The picture is damaged or cut off; export it again.')
}

/** Reads the header only, so that a picture of a billion pixels in a kilobyte is never unpacked. */
async function assertPixels(bytes: Uint8Array, maxPixels: number): Promise<void> {
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => null)
  if (!header) return refuse('IMAGE_UNREADABLE', 'The picture is damaged or cut off; export it again.')
  const pixels = header.width * header.height * (header.pages ?? 1)
  if (pixels > maxPixels)
    refuse('IMAGE_TOO_LARGE', `The picture has ${pixels} pixels; at most ${maxPixels} are decoded. Scale it down.`)
}
