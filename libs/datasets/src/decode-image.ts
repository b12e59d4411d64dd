import sharp from 'sharp'
import { refuse } from './errors.js'
import { pictureFormat, type PictureFormat } from './picture-format.js'
import { isRaw, type RawPicture } from './sources/sample-source.js'

export interface ImageLimits {
  readonly maxBytes: number
  readonly maxPixels: number
}

export const defaultImageLimits: ImageLimits = { maxBytes: 20 * 2 ** 20, maxPixels: 40_000_000 }

export interface DecodedPicture {
  /** [size, size, 3], row-major. */
  readonly rgb: Uint8Array
  readonly format: PictureFormat | 'raw'
  /** Of the picture as it is stored, pixels. */
  readonly width: number
  readonly height: number
}

const WHITE = { r: 255, g: 255, b: 255 }

/**
 * The picture inside PNG, JPEG or WebP bytes, fitted whole into a size × size square on white.
 * EXIF orientation applied, transparency laid on white, 16 bit and CMYK brought to sRGB with 8 bit.
 * @returns RGB, [size, size, 3] row-major.
 * @throws DomainError IMAGE_FORMAT, IMAGE_TOO_LARGE or IMAGE_UNREADABLE.
 */
export const decodeImage = async (bytes: Uint8Array, size: number, limits = defaultImageLimits): Promise<Uint8Array> =>
  (await decodePicture(bytes, size, limits)).rgb

/** As `decodeImage`, also of bare pixels, with what the picture was. */
export async function decodePicture(
  picture: Uint8Array | RawPicture,
  size: number,
  limits = defaultImageLimits,
): Promise<DecodedPicture> {
  if (isRaw(picture)) {
    const { width, height } = picture
    return { rgb: await fitRaw(picture, size), format: 'raw', width, height }
  }
  if (picture.length > limits.maxBytes)
    refuse('IMAGE_TOO_LARGE', `The file has ${picture.length} bytes; at most ${limits.maxBytes} are read.`)
  const format = pictureFormat(picture)
  if (format === null) return refuse('IMAGE_FORMAT', 'The file is not a PNG, JPEG or WebP picture.')
  const { width, height } = await readHeader(picture, limits.maxPixels)
  try {
    const { data } = await sharp(picture, { limitInputPixels: limits.maxPixels, failOn: 'truncated' })
      .autoOrient()
      .toColourspace('srgb')
      .flatten({ background: WHITE })
      .resize({ width: size, height: size, fit: 'contain', background: WHITE })
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (data.length === size * size * 3)
      return { rgb: new Uint8Array(data.buffer, data.byteOffset, data.length), format, width, height }
  } catch {
    // The decoder's own words may quote the file; the refusal below does not.
  }
  return refuse('IMAGE_UNREADABLE', 'The picture is damaged or cut off; export it again.')
}

/** Reads the header only, so that a picture of a billion pixels in a kilobyte is never unpacked. */
async function readHeader(bytes: Uint8Array, maxPixels: number): Promise<{ width: number; height: number }> {
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => null)
  if (!header) return refuse('IMAGE_UNREADABLE', 'The picture is damaged or cut off; export it again.')
  const pixels = header.width * header.height * (header.pages ?? 1)
  if (pixels > maxPixels)
    refuse('IMAGE_TOO_LARGE', `The picture has ${pixels} pixels; at most ${maxPixels} are decoded. Scale it down.`)
  return { width: header.width, height: header.height }
}

async function fitRaw({ planes, width, height }: RawPicture, size: number): Promise<Uint8Array> {
  const pixels = width * height
  const rgb = new Uint8Array(pixels * 3)
  for (let i = 0, at = 0; i < pixels; i++, at += 3) {
    rgb[at] = planes[i] as number
    rgb[at + 1] = planes[pixels + i] as number
    rgb[at + 2] = planes[2 * pixels + i] as number
  }
  if (width === size && height === size) return rgb
  const data = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize({ width: size, height: size, fit: 'contain', background: WHITE })
    .raw()
    .toBuffer()
  return new Uint8Array(data.buffer, data.byteOffset, data.length)
}
