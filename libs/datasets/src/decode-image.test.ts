import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from './decode-image.js'
import { blackPng } from './testing/pictures.js'

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

  it('turns and mirrors for each of the eight orientations', async () => {
    // The corner that is red in the upright picture; the others are black.
    const corner = Buffer.alloc(16 * 16 * 3)
    for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++) corner[(y * 16 + x) * 3] = 255
    const stored = sharp(corner, { raw: { width: 16, height: 16, channels: 3 } })
    const places = { 1: [2, 2], 2: [13, 2], 3: [13, 13], 4: [2, 13], 5: [2, 2], 6: [13, 2], 7: [13, 13], 8: [2, 13] }
    for (const [orientation, [x, y]] of Object.entries(places) as [string, [number, number]][])
      for (const format of ['jpeg', 'webp'] as const) {
        const bytes = await stored
          .clone()
          .withMetadata({ orientation: Number(orientation) })
          .toFormat(format)
          .toBuffer()
        expect((await sharp(bytes).metadata()).orientation).toBe(Number(orientation))
        const data = await decodeImage(bytes, 16)
        expect(pixel(data, 16, x, y)[0], `${format} ${orientation}`).toBeGreaterThan(200)
        expect(pixel(data, 16, 15 - x, 15 - y)[0], `${format} ${orientation}`).toBeLessThan(60)
      }
  })

  it('lays transparency on white, half of it halfway, also with a palette or 16 bit', async () => {
    const png = await solid(8, 8, [0, 0, 0], 0).png().toBuffer()
    expect(new Set(await decodeImage(png, 8))).toEqual(new Set([255]))
    const half = solid(8, 8, [255, 0, 0], 0.5)
    const files = {
      png: await half.clone().png().toBuffer(),
      palette: await half.clone().png({ palette: true }).toBuffer(),
      webp: await half.clone().webp({ lossless: true }).toBuffer(),
      deep: await half.clone().toColourspace('rgb16').png().toBuffer(),
    }
    expect((await sharp(files.deep).metadata()).depth).toBe('ushort')
    for (const [name, bytes] of Object.entries(files)) {
      expect((await sharp(bytes).metadata()).hasAlpha, name).toBe(true)
      const [r, g, b] = pixel(await decodeImage(bytes, 8), 8, 3, 3) as [number, number, number]
      expect([r, Math.abs(g - 127) < 3, Math.abs(b - 127) < 3], name).toEqual([255, true, true])
    }
  })

  it('keeps the colours of CMYK and the greys of 16 bit', async () => {
    for (const [rgb, strongest] of [
      [[230, 30, 30], 0],
      [[30, 160, 60], 1],
      [[40, 60, 200], 2],
    ] as const) {
      const cmyk = await solid(8, 8, rgb).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
      expect(await sharp(cmyk).metadata()).toMatchObject({ space: 'cmyk', channels: 4 })
      const decoded = pixel(await decodeImage(cmyk, 8), 8, 3, 3)
      expect(decoded.indexOf(Math.max(...decoded)), String(rgb)).toBe(strongest)
      for (const [c, value] of decoded.entries())
        expect(Math.abs(value - (rgb[c] as number)), String(rgb)).toBeLessThan(70)
    }
    // 16 bit: 0x8000 is the middle, not white as it were if the upper byte was lost.
    const grey = await sharp(Buffer.from(new Uint16Array(64).fill(0x8000).buffer), {
      raw: { width: 8, height: 8, channels: 1, depth: 'ushort' } as never,
    })
      .toColourspace('grey16')
      .png()
      .toBuffer()
    expect((await sharp(grey).metadata()).depth).toBe('ushort')
    for (const value of pixel(await decodeImage(grey, 8), 8, 3, 3)) expect(Math.abs(value - 128)).toBeLessThan(2)
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

  it('judges a picture of 200 million pixels by its header, without unpacking it', async () => {
    const bomb = blackPng(20_000, 10_000)
    expect(bomb.length).toBeLessThan(2 ** 16)
    const before = process.memoryUsage().rss
    await expect(decodeImage(bomb, 8)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' })
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20)
    // A small one of the same making is read: it is the number of pixels that was refused.
    expect(new Set(await decodeImage(blackPng(64, 64), 8))).toEqual(new Set([0]))
  })
})
