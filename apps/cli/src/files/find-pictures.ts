import { DomainError } from '@lethe/domain'
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

const pictureName = /\.(png|jpe?g|webp)$/i

/** Files as they are named; of a folder the pictures in it, at any depth, by name. @throws DomainError PICTURES_MISSING. */
export function findPictures(names: readonly string[]): string[] {
  const found = names.flatMap((name) => {
    const stats = statSync(name, { throwIfNoEntry: false })
    if (stats === undefined)
      throw new DomainError('PICTURES_MISSING', `There is nothing at ${name}; name pictures or folders.`, 'images')
    return stats.isDirectory() ? picturesIn(name) : [name]
  })
  if (found.length > 0) return found
  throw new DomainError('PICTURES_MISSING', `There is no PNG, JPEG or WebP file in ${names.join(', ')}.`, 'images')
}

const picturesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pictureName.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
