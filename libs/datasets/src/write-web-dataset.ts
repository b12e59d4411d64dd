import { pack as tarPack } from 'tar-stream'
import type { SampleMetadata } from './sample-metadata.js'

export interface NewSample extends Omit<SampleMetadata, 'group'> {
  readonly key: string
  readonly group?: string | null
  /** Bytes of a picture. */
  readonly picture: Uint8Array
  readonly extension?: 'png' | 'jpg' | 'webp'
}

/** Fixed, so that equal samples give an equal archive. */
const EPOCH = new Date(0)

/** A WebDataset tar that `ingestWebDataset` reads; the same samples give the same bytes. */
export async function writeWebDataset(samples: Iterable<NewSample>): Promise<Uint8Array> {
  // streamx, of which the package's own types do not say that it can be iterated.
  const archive = tarPack()
  const collected = collect(archive as Partial<AsyncIterable<Uint8Array>> as AsyncIterable<Uint8Array>)
  for (const { key, picture, extension = 'png', label, group, owner, split, twin } of samples) {
    const metadata = { label, ...(group ? { group } : {}), owner, split, ...(twin ? { twin } : {}) }
    archive.entry({ name: `${key}.${extension}`, mtime: EPOCH, mode: 0o644 }, Buffer.from(picture))
    archive.entry({ name: `${key}.json`, mtime: EPOCH, mode: 0o644 }, JSON.stringify(metadata))
  }
  archive.finalize()
  return collected
}

async function collect(archive: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of archive) chunks.push(chunk)
  return Buffer.concat(chunks)
}
