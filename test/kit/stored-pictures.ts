import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ingestWebDataset, readPack } from '@lethe/datasets'

export interface OwnerPictures {
  readonly owner: string
  /** Rows of a pack: decoded pixels, as every task of the platform is given them. */
  readonly pixels: readonly Buffer[]
  /** Their names, as text. */
  readonly contentIds: readonly Buffer[]
}

/** What a dataset's pictures look like once they are taken in, by owner. */
export async function picturesByOwner(tar: Uint8Array, imageSize: number): Promise<OwnerPictures[]> {
  const dataset = await ingestWebDataset(tar, { imageSize })
  const { images } = readPack(dataset.pack)
  const size = images.height * images.width * images.channels
  const rows = dataset.samples.map((sample, row) => ({ ...sample, row }))
  return [...new Set(rows.map(({ owner }) => owner))].map((owner) => {
    const theirs = rows.filter((row) => row.owner === owner)
    return {
      owner,
      pixels: theirs.map(({ row }) => Buffer.from(images.data.subarray(row * size, (row + 1) * size))),
      contentIds: theirs.map(({ contentId }) => Buffer.from(contentId)),
    }
  })
}

/**
 * How many of these are found in the files below a folder, read from the disk and not by way of who keeps them. One half is
 * enough: where a file is cut into messages, a cut may go through the other.
 */
export function foundOnDisk(folder: string, wanted: readonly Buffer[]): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)))
  const halvesOf = (bytes: Buffer) => [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]
  return wanted.filter((bytes) => halvesOf(bytes).some((half) => files.some((file) => file.includes(half)))).length
}
