import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from './decode-image.js'

const solid = (width: number, height: number, rgb: readonly [number, number, number], alpha?: number) =>
  sharp({
    create: {
      width,
      height,
      channels: alpha === undefined ? 3 : 4,
      background: { r: rgb[0], g: rgb[1], b: rgb[2], ...(alpha === undefined ? {} : { alpha }) },
    },
  })

const pixel = (data: Uint8Array, size: number, x: number, y: number) => [
  ...data.subarray((y * size + x) * 3, (y * size + x) * 3 + 3),
]

/** Left half red, right half blue. */
const redAndBlue = () =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: '#ff0000' } }).composite([
    { input: { create: { width: 4, height: 8, channels: 3, background: '#0000ff' } }, left: 4, top: 0 },
  ])

describe('decodeImage', () => {
  it('gives back the very pixels of a PNG that has the wanted size', async () => {
    const raw = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * 37) % 256)
    const png = await sharp(raw, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toBuffer()
    expect(await decodeImage(png, 32)).toEqual(raw)
  })

  it('turns a picture as its EXIF orientation says', async () => {
    const upright = await redAndBlue().png().toBuffer()
    const turned = await sharp(upright).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer()
    const data = await decodeImage(turned, 8)
    // Orientation 6 is turned a quarter clockwise: what was left is now on top.
    expect(pixel(data, 8, 4, 0)[0]).toBeGreaterThan(200)
    expect(pixel(data, 8, 4, 7)[2]).toBeGreaterThan(200)
  })

  it('lays transparency on white', async () => {
    const png = await solid(8, 8, [0, 0, 0], 0).png().toBuffer()
    expect(new Set(await decodeImage(png, 8))).toEqual(new Set([255]))
  })

  it('brings 16 bit, grey and CMYK to 8-bit RGB', async () => {
    const deep = await solid(8, 8, [200, 100, 50]).toColourspace('rgb16').png().toBuffer()
    expect(pixel(await decodeImage(deep, 8), 8, 3, 3)).toEqual([200, 100, 50])
    const grey = await solid(8, 8, [90, 90, 90]).greyscale().png().toBuffer()
    expect(pixel(await decodeImage(grey, 8), 8, 3, 3)).toEqual([90, 90, 90])
    const cmyk = await solid(8, 8, [255, 255, 255]).toColourspace('cmyk').jpeg().toBuffer()
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk')
    for (const value of pixel(await decodeImage(cmyk, 8), 8, 3, 3)) expect(value).toBeGreaterThan(245)
  })

  it('shows the whole of a picture that is not square, on white', async () => {
    const data = await decodeImage(await solid(16, 4, [0, 0, 0]).webp({ lossless: true }).toBuffer(), 16)
    expect(pixel(data, 16, 8, 0)).toEqual([255, 255, 255])
    expect(pixel(data, 16, 8, 8)).toEqual([0, 0, 0])
  })

  it('refuses what is no picture, another format, a cut-off file and too many pixels, each with its code', async () => {
    const png = await sharp(
      Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251),
      {
        raw: { width: 64, height: 64, channels: 3 },
      },
    )
      .png()
      .toBuffer()
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>')
    const limits = { maxBytes: 1e6, maxPixels: 64 * 64 - 1 }
    await expect(decodeImage(Buffer.from('hello'), 8)).rejects.toMatchObject({ code: 'IMAGE_FORMAT' })
    await expect(decodeImage(svg, 8)).rejects.toMatchObject({ code: 'IMAGE_FORMAT' })
    await expect(decodeImage(png.subarray(0, 20), 8)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
    await expect(decodeImage(png.subarray(0, png.length / 2), 8)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
    await expect(decodeImage(png, 8, limits)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' })
    await expect(decodeImage(png, 8, { ...limits, maxBytes: 100 })).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' })
  })

  it('judges a picture of a billion pixels by its header, without unpacking it', async () => {
    const bomb = await solid(8, 8, [0, 0, 0]).png().toBuffer()
    bomb.writeUInt32BE(40_000, 16)
    bomb.writeUInt32BE(40_000, 20)
    await expect(decodeImage(bomb, 8)).rejects.toMatchObject({ name: 'DomainError' })
  })
})
