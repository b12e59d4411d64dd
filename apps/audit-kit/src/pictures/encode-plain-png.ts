import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const RGB_8_BIT = [8, 2, 0, 0, 0]

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(named.length + 8)
  framed.writeUInt32BE(data.length, 0)
  named.copy(framed, 4)
  framed.writeUInt32BE(crc32(named), named.length + 4)
  return framed
}

/**
 * The plainest PNG that there is: 8-bit RGB, no filter, no interlace, no profile. A decoder of ten lines reads it, and its
 * pixels are these bytes and no others. rgb: [size, size, 3].
 */
export function encodePlainPng(rgb: Uint8Array, size: number): Buffer {
  const rows = Buffer.alloc(size * (size * 3 + 1))
  for (let row = 0; row < size; row++)
    rows.set(rgb.subarray(row * size * 3, (row + 1) * size * 3), row * (size * 3 + 1) + 1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set(RGB_8_BIT, 8)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array(0)),
  ])
}
