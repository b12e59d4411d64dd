import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { assertRuns } from './assert-runs.js'
import { assertStruct } from './assert-thrift.js'
import { decompressPage, MAX_PAGE_BYTES } from './decompress-page.js'

const bytes = (...values: number[]) => Uint8Array.from(values)

describe('assertStruct', () => {
  it('walks every type to the end of the struct', () => {
    // i32 1 = 150, list<i32> 2 = [1, 2], binary 3 = "ab", struct 4 {bool 1 = true}, double 5, stop, and one byte more.
    const struct = bytes(
      ...[0x15, 0xac, 0x02, 0x19, 0x25, 2, 4, 0x18, 2, 0x61, 0x62, 0x1c, 0x11, 0],
      ...[0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 99],
    )
    expect(assertStruct(struct, 0)).toBe(struct.length - 1)
    for (let length = 0; length < struct.length - 1; length++)
      expect(() => assertStruct(struct.subarray(0, length), 0), String(length)).toThrow(RangeError)
  })

  it('refuses a list longer than what is left, endless numbers and bottomless nesting', () => {
    expect(() => assertStruct(bytes(0x19, 0xf5, 0xff, 0xff, 0xff, 0x7f, 0, 0), 0)).toThrow('ends too early')
    expect(() => assertStruct(bytes(0x16, ...Array<number>(40).fill(0x80), 0), 0)).toThrow('too long')
    expect(() => assertStruct(bytes(...Array<number>(5000).fill(0x1c)), 0)).toThrow('nested too deep')
    expect(() => assertStruct(bytes(0x1b, 0, 0), 0)).toThrow('unknown type')
  })
})

describe('assertRuns', () => {
  it('lets runs pass that fill the page, padded as writers do, and none that repeat beyond it', () => {
    // Twenty times the value 1, then eight values packed into one bit each.
    const runs = bytes(40, 1, 3, 0b10101010)
    expect(() => assertRuns(runs, 0, runs.length, 1, 28)).not.toThrow()
    expect(() => assertRuns(runs, 0, runs.length, 1, 25)).not.toThrow()
    const billion = bytes(0x80, 0x80, 0x80, 0x80, 0x08, 1)
    expect(() => assertRuns(billion, 0, billion.length, 1, 1000)).toThrow('longer than the page')
    expect(() => assertRuns(runs, 0, 9, 1, 28)).toThrow('outside of the page')
  })
})

describe('decompressPage', () => {
  it('unpacks what a page announces', () => {
    const page = Buffer.from('some values '.repeat(20))
    expect(Buffer.from(decompressPage(gzipSync(page), page.length, 'GZIP'))).toEqual(page)
    expect(Buffer.from(decompressPage(brotliCompressSync(page), page.length, 'BROTLI'))).toEqual(page)
  })

  it('never unpacks more than that, nor what is announced beyond the bound', () => {
    const zeros = Buffer.alloc(8 * 2 ** 20)
    // One zstd frame that announces 256 MiB and repeats one byte 128 Ki times; one snappy stream of a mebibyte.
    const zstd = bytes(0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x10, 0x03, 0x00, 0x10, 7)
    const snappy = bytes(0x80, 0x80, 0x40, 0, 7, ...Array<number[]>(16384).fill([0xfe, 1, 0]).flat())
    const cases = [
      ['GZIP', gzipSync(zeros)],
      ['BROTLI', brotliCompressSync(zeros)],
      ['ZSTD', zstd],
      ['SNAPPY', snappy],
    ] as const
    for (const [codec, input] of cases) {
      const before = process.memoryUsage().arrayBuffers
      expect(() => decompressPage(input, 1000, codec), codec).toThrow()
      expect(process.memoryUsage().arrayBuffers - before, codec).toBeLessThan(2 ** 20)
    }
    expect(() => decompressPage(gzipSync(zeros), MAX_PAGE_BYTES + 1, 'GZIP')).toThrow('cannot be unpacked')
    expect(() => decompressPage(zeros, 10, 'LZO')).toThrow('cannot be unpacked')
  })
})
