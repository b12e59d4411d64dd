import { Readable } from 'node:stream'
import { extract, type Header } from 'tar-stream'

export interface Entry {
  readonly header: Header
  readonly bytes: Buffer
}

/** Entries of a tar in their order, read by a library that had no part in writing it. */
export async function readArchive(archive: Uint8Array): Promise<Entry[]> {
  const found: Entry[] = []
  const reader = Readable.from([Buffer.from(archive)]).pipe(extract())
  for await (const entry of reader as AsyncIterable<AsyncIterable<Buffer> & { header: Header }>) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk)
    found.push({ header: entry.header, bytes: Buffer.concat(chunks) })
  }
  return found
}

/** Contents by path. */
export const filesOf = async (archive: Uint8Array): Promise<Map<string, Buffer>> =>
  new Map((await readArchive(archive)).map(({ header, bytes }) => [header.name, bytes]))
