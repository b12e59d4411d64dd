import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { pack as tarPack } from 'tar-stream'
import { isFault, type Fault, type SourceSample } from '../sources/sample-source.js'

/** Pixels that hardly resemble those of any other seed. [size, size, 3] */
export const noise = (seed: number, size = 16): Uint8Array =>
  Uint8Array.from({ length: size * size * 3 }, (_, i) => (Math.imul(i + 1, seed * 2654435 + 97) >>> 7) % 256)

export const png = (seed: number, size = 16): Promise<Buffer> =>
  sharp(noise(seed, size), { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer()

/** 64 × 64 in 8 × 8 blocks: a picture that still looks like itself after JPEG, and like no other seed's. */
export const blocks = (seed: number): Promise<Buffer> =>
  sharp(noise(seed, 8), { raw: { width: 8, height: 8, channels: 3 } })
    .resize(64, 64, { kernel: 'nearest' })
    .png()
    .toBuffer()

/** A CIFAR record: labels, then the planes of a picture without resemblance to that of another seed. */
export const cifarRecord = (labels: readonly number[], seed: number): Buffer =>
  Buffer.concat([Uint8Array.from(labels), noise(seed, 32)])

/** A whole and valid PNG of one bit per pixel, all black: a few kilobytes for any number of pixels. */
export function blackPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(data.length, 0)
    frame.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
}

export interface Scratch {
  readonly root: string
  /** @returns the absolute path of the file, in folders made as needed. */
  write(name: string, content: Uint8Array | string): string
  remove(): void
}

export function openScratch(): Scratch {
  const root = mkdtempSync(path.join(tmpdir(), 'lethe-datasets-'))
  return {
    root,
    write(name, content) {
      const file = path.join(root, name)
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** A tar of these members, in this order. */
export async function tarOf(members: readonly (readonly [name: string, body: Uint8Array | string])[]): Promise<Buffer> {
  const archive = tarPack()
  for (const [name, body] of members) archive.entry({ name }, Buffer.from(body))
  archive.finalize()
  const chunks: Uint8Array[] = []
  for await (const chunk of archive as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Everything that a source gives, samples apart from faults. */
export async function collect(
  source: AsyncIterable<SourceSample | Fault>,
): Promise<{ samples: SourceSample[]; faults: Fault[] }> {
  const samples: SourceSample[] = []
  const faults: Fault[] = []
  for await (const item of source) {
    if (isFault(item)) faults.push(item)
    else samples.push(item)
  }
  return { samples, faults }
}

/** The bytes, in pieces of uneven sizes. */
export async function* pieces(bytes: Uint8Array, largest = 5003): AsyncGenerator<Uint8Array> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = ((size * 7) % largest) + 1)
    yield await Promise.resolve(bytes.subarray(at, at + size))
}
