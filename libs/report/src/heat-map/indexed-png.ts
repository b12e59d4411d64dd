import type { Rgb } from './color-scale.js'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Longest stored block of deflate (RFC 1951 §3.2.4). */
const STORED_BLOCK = 65_535

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] as number)
  return (crc ^ 0xffffffff) >>> 0
}

function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return ((b << 16) | a) >>> 0
}

const bigEndian = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff)
const littleEndian = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff]

function concat(parts: readonly ArrayLike<number>[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** zlib without compression: a heat map hardly shrinks, and this needs nothing but arithmetic. */
function store(data: Uint8Array): Uint8Array {
  const parts: ArrayLike<number>[] = [[0x78, 0x01]]
  for (let from = 0; from < data.length || from === 0; from += STORED_BLOCK) {
    const block = data.subarray(from, from + STORED_BLOCK)
    const isLast = from + STORED_BLOCK >= data.length
    parts.push([isLast ? 1 : 0, ...littleEndian(block.length), ...littleEndian(~block.length & 0xffff)], block)
  }
  return concat([...parts, bigEndian(adler32(data))])
}

function chunk(type: string, data: ArrayLike<number>): Uint8Array {
  const named = concat([Array.from(type, (letter) => letter.charCodeAt(0)), data])
  return concat([bigEndian(data.length), named, bigEndian(crc32(named))])
}

/** A PNG (ISO 15948) of colours named by a palette of at most 256. indices: [height, width]. */
export function indexedPng(indices: Uint8Array, width: number, palette: readonly Rgb[]): Uint8Array {
  const height = indices.length / width
  const rows = new Uint8Array(height * (width + 1))
  for (let row = 0; row < height; row++)
    rows.set(indices.subarray(row * width, (row + 1) * width), row * (width + 1) + 1)
  return concat([
    SIGNATURE,
    chunk('IHDR', [...bigEndian(width), ...bigEndian(height), 8, 3, 0, 0, 0]),
    chunk('PLTE', palette.flat()),
    chunk('IDAT', store(rows)),
    chunk('IEND', []),
  ])
}

export const pngDataUri = (png: Uint8Array): string =>
  `data:image/png;base64,${btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(''))}`
