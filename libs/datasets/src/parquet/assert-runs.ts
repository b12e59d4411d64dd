import { readVarint } from './assert-thrift.js'

/** Some writers pad the last run. */
const SLACK = 64

/**
 * Walks the runs of Parquet's RLE and bit-packing hybrid, so that no run repeats its value beyond the page's own count.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/#run-length-encoding--bit-packing-hybrid-rle--3
 * @param width bits per value.
 * @param count values that the runs hold at most.
 * @throws RangeError.
 */
export function assertRuns(bytes: Uint8Array, start: number, end: number, width: number, count: number): void {
  if (start > end || end > bytes.length || width > 32) throw new RangeError('runs lie outside of the page')
  let seen = 0
  for (let at = start; at < end && seen < count;) {
    const [header, from] = readVarint(bytes, at)
    const packed = header % 2 === 1
    const values = packed ? Math.floor(header / 2) * 8 : Math.floor(header / 2)
    at = from + Math.ceil((packed ? values * width : width) / 8)
    seen += values
    if (seen > count + SLACK) throw new RangeError('a run is longer than the page')
  }
}
