import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parquetMetadata } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { parquetWriteBuffer } from 'hyparquet-writer'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, openScratch, png, type Scratch } from '../testing/pictures.js'
import { countParquetRows, readParquet, type ParquetOptions } from './read-parquet.js'

/**
 * Written by pyarrow 25 with use_dictionary and row_group_size 4, one with Snappy and pages v1, one with zstd and pages
 * v2: six rows of image (struct of bytes and path; the fifth null), label (int64, named cat and dog in the note of
 * Hugging Face's `datasets`), caption (the third null) and tags (a list). Picture i is 8 × 8, its pixel (x, y)
 * ((30x + 40i) mod 256, (30y + 11i) mod 256, (4xy + 70i) mod 256).
 */
const fixtures = ['pyarrow-snappy-v1.parquet', 'pyarrow-zstd-v2.parquet'].map((name) =>
  fileURLToPath(new URL(`../testing/${name}`, import.meta.url)),
)

const pixels = (i: number) =>
  Buffer.from(
    Array.from({ length: 64 }, (_, at) => [at % 8, Math.floor(at / 8)] as const).flatMap(([x, y]) => [
      (30 * x + 40 * i) % 256,
      (30 * y + 11 * i) % 256,
      (4 * x * y + 70 * i) % 256,
    ]),
  )

let scratch: Scratch
beforeEach(() => {
  scratch = openScratch()
})
afterEach(() => scratch.remove())

const write = (columns: Readonly<Record<string, unknown[]>>, name = 'data.parquet') =>
  scratch.write(
    name,
    new Uint8Array(
      parquetWriteBuffer({ columnData: Object.entries(columns).map(([column, data]) => ({ name: column, data })) }),
    ),
  )
const read = (file: string, options?: ParquetOptions) => collect(readParquet(file, options))

describe('readParquet', () => {
  it('reads pictures, class names and captions as Hugging Face and pyarrow write them', async () => {
    for (const file of fixtures) {
      const { samples, faults } = await read(file, { split: 'train' })
      expect(samples.map(({ key, caption, group, split }) => [key, caption, group, split])).toEqual([
        ['p0.png', 'picture 0', 'cat', 'train'],
        ['p1.png', 'picture 1', 'dog', 'train'],
        ['p2.png', null, 'cat', 'train'],
        ['p3.png', 'picture 3', 'dog', 'train'],
        ['p5.png', 'picture 5', 'dog', 'train'],
      ])
      for (const { key, picture } of samples)
        expect(
          await sharp(picture as Uint8Array)
            .raw()
            .toBuffer(),
          key,
        ).toEqual(pixels(Number(key[1])))
      expect(faults).toEqual([{ key: expect.stringMatching(/parquet\/4$/), reason: 'The row holds no picture.' }])
      expect(await countParquetRows(file)).toBe(6)
    }
  })

  it('reads binary columns and paths, beside what describes them', async () => {
    const pictures = await Promise.all([1, 2, 3].map((seed) => png(seed)))
    const bytes = write({
      img: pictures.map((picture) => new Uint8Array(picture)),
      title: ['one', 'two', 'three'],
      owner: ['ada', 'bob', 'ada'],
      split: ['train', 'test', 'train'],
    })
    expect((await read(bytes)).samples.map(({ key, caption, owner, split }) => [key, caption, owner, split])).toEqual([
      ['data.parquet/0', 'one', 'ada', 'train'],
      ['data.parquet/1', 'two', 'bob', 'held-out'],
      ['data.parquet/2', 'three', 'ada', 'train'],
    ])
    scratch.write('images/1.png', pictures[0] as Buffer)
    const paths = write({ file_name: ['images/1.png', 'gone.png'], label: ['a', 'b'] })
    const { samples, faults } = await read(paths)
    expect(samples.map(({ key, group }) => [key, group])).toEqual([['images/1.png', 'a']])
    expect(faults).toEqual([{ key: 'gone.png', reason: 'The picture is not there.' }])
    const leaving = write({ file_name: ['../../etc/passwd'] })
    await expect(read(leaving)).rejects.toMatchObject({ code: 'SOURCE_UNSAFE_PATH' })
  })

  it('says which columns there are when none holds pictures, or the named one is missing', async () => {
    const file = write({ a: [1, 2], b: ['x', 'y'] })
    await expect(read(file)).rejects.toMatchObject({
      code: 'SOURCE_COLUMNS',
      message: expect.stringContaining('there are a, b.'),
    })
    await expect(read(file, { columns: { caption: 'c' } })).rejects.toMatchObject({ field: 'columns.caption' })
  })

  it('refuses a file that is cut off, wherever, or no Parquet at all', async () => {
    const whole = readFileSync(fixtures[0] as string)
    for (const length of [4, 11, 100, whole.length >> 1, whole.length - 1])
      await expect(read(scratch.write('cut.parquet', whole.subarray(0, length)))).rejects.toMatchObject({
        code: 'PARQUET_TRUNCATED',
        message: 'cut.parquet ends before its footer. Copy or download the whole of it again.',
      })
    await expect(read(scratch.write('no.parquet', 'hello, world'))).rejects.toMatchObject({
      code: 'PARQUET_UNREADABLE',
    })
  })

  it('refuses pages that announce more than they hold, before any of it gets memory', async () => {
    const file = scratch.write(
      'data.parquet',
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'img', data: [1, 2, 3].map((byte) => new Uint8Array(40).fill(byte)), type: 'BYTE_ARRAY' },
            { name: 'caption', data: ['a caption of some length', null, 'another'], type: 'STRING' },
          ],
          codec: 'UNCOMPRESSED',
        }),
      ),
    )
    expect((await read(file)).samples.map(({ caption }) => caption)).toEqual([
      'a caption of some length',
      null,
      'another',
    ])
    const bomb = new Uint8Array(readFileSync(file))
    const start = Number(parquetMetadata(bomb).row_groups[0]?.columns[1]?.meta_data?.data_page_offset)
    const header = () => {
      const reader = { view: new DataView(bomb.buffer), offset: start }
      return { levels: parquetHeader(reader).data_page_header_v2?.definition_levels_byte_length, end: reader.offset }
    }
    // The length of the levels, zigzag, is one byte of the header: 2 becomes 6.
    const { levels, end } = header()
    expect(levels).toBe(2)
    for (let at = start; at < end && header().levels !== 6; at++)
      if (bomb[at] === 4) {
        bomb[at] = 12
        if (header().levels !== 6) bomb[at] = 4
      }
    expect(header()).toEqual({ levels: 6, end })
    // And the levels a run that repeats 1 a billion times.
    bomb.set([0x80, 0x80, 0x80, 0x80, 0x08, 1], end)
    await expect(read(scratch.write('bomb.parquet', bomb))).rejects.toMatchObject({ code: 'PARQUET_UNREADABLE' })
  })

  it('meets damage of any byte with samples, faults or a typed refusal, in little time and memory', async () => {
    for (const file of fixtures) {
      const whole = readFileSync(file)
      for (let round = 0; round < 80; round++) {
        const bytes = Buffer.from(whole)
        for (const at of [round * 7919, round * 104729 + 13])
          bytes[at % bytes.length] = [0, 0xff, 0x80, 0x7f, round & 0xff][round % 5] as number
        const outcome = await read(scratch.write('damaged.parquet', bytes)).catch((error: unknown) => error)
        expect(outcome).toSatisfy(
          (value: object) => 'samples' in value || ('name' in value && value.name === 'DomainError'),
        )
      }
    }
  })
})
