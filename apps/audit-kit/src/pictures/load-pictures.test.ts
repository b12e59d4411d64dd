import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decodeImage, encodePng } from '@lethe/datasets'
import { randomStream } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodePlainPng } from './encode-plain-png.js'
import { findCopies, withoutCopies } from './find-copies.js'
import { loadPictures, type LoadOptions } from './load-pictures.js'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'lethe-pictures-'))
  for (const [name, size, seed] of [
    ['a/small.png', 20, 1],
    ['a/large.png', 90, 2],
    ['b/other.png', 33, 3],
  ] as const)
    await write(name, size, seed)
  copyFileSync(path.join(folder, 'a/small.png'), path.join(folder, 'b/copy.png'))
  writeFileSync(path.join(folder, 'b/broken.png'), (await encodePng(blocks(32, 4), 32)).slice(0, 90))
  writeFileSync(path.join(folder, 'a/notes.txt'), 'no picture')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A picture of 8 × 8 blocks of random colours. */
function blocks(size: number, seed: number): Uint8Array {
  const random = randomStream(seed)
  const colours = Uint8Array.from({ length: 192 }, () => random() * 256)
  return Uint8Array.from({ length: size * size * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3)
    const [x, y] = [Math.floor(((pixel % size) * 8) / size), Math.floor((Math.floor(pixel / size) * 8) / size)]
    return colours[(y * 8 + x) * 3 + (at % 3)] as number
  })
}

async function write(name: string, size: number, seed: number): Promise<void> {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
  writeFileSync(path.join(folder, name), await encodePng(blocks(size, seed), size))
}

const options: LoadOptions = {
  imageSize: 32,
  columns: {},
  most: Infinity,
  signal: new AbortController().signal,
}

describe('pictures of an owner', () => {
  it('come in one size, with their classes, and what is left out is told', async () => {
    const { pictures, leftOut } = await loadPictures(folder, '--images', options)
    expect(pictures.map(({ rgb }) => rgb.length)).toEqual([3072, 3072, 3072])
    expect(pictures.map(({ group }) => group).sort()).toEqual(['a', 'a', 'b'])
    expect(leftOut.map(({ key }) => path.basename(key)).sort()).toEqual(['broken.png', 'copy.png', 'notes.txt'])
  })
  it('come in an order that no name decides, and a part of them is the beginning of it', async () => {
    const { pictures } = await loadPictures(folder, '--images', options)
    const ids = pictures.map(({ contentId }) => contentId)
    expect(ids).toEqual([...ids].sort())
    const part = await loadPictures(folder, '--images', { ...options, most: 2 })
    expect(part.pictures.map(({ contentId }) => contentId)).toEqual(ids.slice(0, 2))
  })
  it('must be two at least', async () => {
    await expect(loadPictures(path.join(folder, 'a'), '--images', { ...options, most: 1 })).rejects.toMatchObject({
      code: 'PICTURES_MISSING',
      field: '--images',
    })
  })
})

describe('copies between sets', () => {
  it('are found by file, by pixels and by looks', async () => {
    const { pictures } = await loadPictures(folder, '--images', options)
    const [first, second, third] = pictures as [(typeof pictures)[0], (typeof pictures)[0], (typeof pictures)[0]]
    const brighter = { ...second, contentId: 'x' as never, rgb: second.rgb.map((value) => Math.min(255, value + 2)) }
    const samePixels = { ...third, contentId: 'y' as never }
    const other = { ...first, contentId: 'z' as never, rgb: blocks(32, 9) }
    expect(findCopies(pictures, [first, brighter, samePixels, other], 32)).toEqual([first, brighter, samePixels])
  })
  it('are refused with their names, or left out on request', async () => {
    const originals = await loadPictures(folder, '--images', options)
    const rule = { originals, imageSize: 32, meaning: 'Both hold', field: '--held-out' }
    expect(() => withoutCopies(originals, { ...rule, leaveOut: false })).toThrow(
      expect.objectContaining({
        code: 'SETS_OVERLAP',
        message: expect.stringMatching(/large\.png/) as string,
      }) as Error,
    )
    expect(withoutCopies(originals, { ...rule, leaveOut: true })).toMatchObject({ pictures: [] })
  })
})

it('are sent as PNG whose pixels are these and no others', async () => {
  const rgb = blocks(32, 7)
  expect(await decodeImage(encodePlainPng(rgb, 32), 32)).toEqual(rgb)
})
