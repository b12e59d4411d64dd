import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { collect, pieces, png, tarOf } from '../testing/pictures.js'
import { writeWebDataset } from '../write-web-dataset.js'
import { gunzip } from './gunzip.js'
import { readWebDataset } from './read-web-dataset.js'

const read = (tar: Uint8Array) => collect(readWebDataset(pieces(tar)))

describe('readWebDataset', () => {
  it('reads the house format with all that it says', async () => {
    const sample = { picture: await png(1), owner: 'ada', split: 'held-out' as const }
    const tar = await writeWebDataset([
      { ...sample, key: 'a', label: 'digit 4', group: '4' },
      { ...sample, key: 'b', label: 'grinning face' },
    ])
    const { samples, faults } = await read(tar)
    expect(faults).toEqual([])
    expect(samples.map(({ picture, ...rest }) => [rest, Buffer.from(picture as Uint8Array)])).toEqual([
      [{ key: 'a', caption: 'digit 4', group: '4', owner: 'ada', split: 'held-out' }, sample.picture],
      [{ key: 'b', caption: 'grinning face', group: null, owner: 'ada', split: 'held-out' }, sample.picture],
    ])
  })

  it('reads captions and classes in files of their own, and passes over further files', async () => {
    const tar = await tarOf([
      ['x/1.jpg', await png(1)],
      ['x/1.txt', ' A cat. '],
      ['x/1.cls', '7'],
      ['x/1.seg.npy', 'numbers'],
      ['x/2.png', await png(2)],
      ['x/3.json', '{"caption": "three", "label": 3}'],
      ['x/3.webp', await png(3)],
    ])
    expect((await read(tar)).samples.map(({ key, caption, group }) => [key, caption, group])).toEqual([
      ['x/1', 'A cat.', '7'],
      ['x/2', null, null],
      ['x/3', 'three', '3'],
    ])
  })

  it('tells samples that cannot be used, each once', async () => {
    const tar = await tarOf([
      ['text.txt', 'no picture here'],
      ['bare', 'x'],
      ['twice.png', await png(1)],
      ['twice.jpg', await png(2)],
      ['bad.png', await png(3)],
      ['bad.json', '{'],
      ['huge.png', Buffer.alloc(20 * 2 ** 20 + 1)],
      ['good.png', await png(4)],
      ['owner.png', await png(4)],
      ['owner.json', JSON.stringify({ owner: 'x'.repeat(300) })],
      ['good.png', await png(5)],
    ])
    const { samples, faults } = await read(tar)
    expect(samples.map(({ key }) => key)).toEqual(['good'])
    expect(faults.map(({ key, reason }) => `${key}: ${reason}`)).toEqual([
      'text: There is no picture (png, jpg, webp) beside it, only txt.',
      'bare: There is no picture (png, jpg, webp) beside it, only no extension.',
      'twice: Two files of the sample are of the same kind.',
      'bad: The text beside the picture cannot be parsed as UTF-8 or JSON.',
      'huge: The file has 20971521 bytes, more than are read.',
      'owner: The owner is longer than 256 characters.',
      'good: A second sample of the same name.',
    ])
  })

  it('refuses files of one sample that lie apart, because whose it is would be lost', async () => {
    const picture = await png(1)
    const apart = [
      ['a.png', picture],
      ['b.png', picture],
      ['a.json', '{"owner": "ada"}'],
    ] as const
    await expect(read(await tarOf(apart))).rejects.toMatchObject({ code: 'TAR_ORDER' })
    await expect(read(await tarOf([...apart].reverse()))).rejects.toMatchObject({ code: 'TAR_ORDER' })
  })

  it('refuses a tar that is cut off, announces more than it holds, or leaves its folder', async () => {
    const tar = await tarOf([
      ['a.png', await png(1)],
      ['a.json', '{}'],
    ])
    const announcing = Buffer.from(tar)
    // Eight gigabytes, in base 256 as GNU writes them, with the checksum made anew.
    announcing.fill(0, 124, 136)
    announcing[124] = 0x80
    announcing.writeUInt32BE(2, 128)
    announcing.fill(' ', 148, 156)
    const sum = announcing.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    announcing.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    const cases: [string, Uint8Array, string][] = [
      ['cut in a file', tar.subarray(0, 700), 'TAR_TRUNCATED'],
      ['without its end', tar.subarray(0, tar.length - 1024), 'TAR_TRUNCATED'],
      ['announcing', announcing, 'TAR_TRUNCATED'],
      ['leaving', await tarOf([['../a.png', 'x']]), 'TAR_UNSAFE_ENTRY'],
    ]
    for (const [name, bytes, code] of cases)
      await expect(read(bytes), name).rejects.toMatchObject({ code, message: expect.stringMatching(/\.$/) })
  })

  it('reads through gzip, and refuses what is cut off, damaged or made to fill memory', async () => {
    const zipped = gzipSync(await tarOf([['a.png', await png(1)]]))
    const unzip = (bytes: Uint8Array) => collect(readWebDataset(gunzip(pieces(bytes))))
    expect((await unzip(zipped)).samples.map(({ key }) => key)).toEqual(['a'])
    const damaged = Buffer.from(zipped)
    damaged.fill(0xff, 30, 60)
    const bomb = gzipSync(Buffer.alloc(80 * 2 ** 20))
    for (const [bytes, code, message] of [
      [zipped.subarray(0, zipped.length - 9), 'TAR_TRUNCATED', /Copy or download/],
      [damaged, 'TAR_UNREADABLE', /damaged/],
      [bomb, 'TAR_UNREADABLE', /200 times/],
    ] as const)
      await expect(unzip(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})
