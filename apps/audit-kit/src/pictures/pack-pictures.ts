import type { PackedImages } from '@lethe/domain'
import type { Picture } from './load-pictures.js'

export function packPictures(pictures: readonly Picture[], imageSize: number): PackedImages {
  const size = imageSize * imageSize * 3
  const data = new Uint8Array(pictures.length * size)
  pictures.forEach(({ rgb }, index) => data.set(rgb, index * size))
  return { data, count: pictures.length, height: imageSize, width: imageSize, channels: 3 }
}

/**
 * One class per picture for k-NN accuracy, numbered alike in all sets; −1 for a picture without one. Null where classes say
 * nothing: there are none, or nearly every picture has its own.
 */
export function numberClasses(sets: readonly (readonly Picture[])[]): (Int32Array | null)[] {
  const groups = sets.map((set) => set.map(({ group }) => group))
  const total = groups.reduce((sum, part) => sum + part.length, 0)
  const known = [...new Set(groups.flat())].filter((group) => group !== null).sort()
  if (known.length === 0 || known.length * 2 > total) return sets.map(() => null)
  const numbers = new Map(known.map((group, number) => [group, number]))
  return groups.map((part) => Int32Array.from(part, (group) => (group === null ? -1 : (numbers.get(group) ?? -1))))
}
