import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ingestWebDataset, readPack } from '@lethe/datasets'

export interface OwnerPictures {
  readonly owner: string
  /** Rows of a pack: decoded pixels, as every task of the platform is given them. */
  readonly pixels: readonly Buffer[]
}

/** What a dataset's pictures look like once they are taken in, by owner. */
export async function picturesByOwner(tar: Uint8Array, imageSize: number): Promise<OwnerPictures[]> {
  const dataset = await ingestWebDataset(tar, { imageSize })
  const { images } = readPack(dataset.pack)
  const size = images.height * images.width * images.channels
  const owners = new Map<string, Buffer[]>()
  dataset.samples.forEach(({ owner }, row) => {
    const pixels = Buffer.from(images.data.subarray(row * size, (row + 1) * size))
    owners.set(owner, [...(owners.get(owner) ?? []), pixels])
  })
  return [...owners].map(([owner, pixels]) => ({ owner, pixels }))
}

/** How many of these are found in the files below a folder, read from the disk and not by way of who keeps them. */
export function foundOnDisk(folder: string, wanted: readonly Buffer[]): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)))
  return wanted.filter((bytes) => files.some((file) => file.includes(bytes))).length
}
