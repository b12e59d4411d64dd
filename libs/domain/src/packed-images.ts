/** Decoded pictures of one size, one after the other: `data` is [count, height, width, channels], row-major, 0 … 255. */
export interface PackedImages {
  readonly data: Uint8Array
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Pictures to learn from; CLIP also needs a caption of each. */
export interface Samples extends PackedImages {
  readonly captions?: readonly string[] | undefined
}

/** The pictures at `indices`, copied in that order. */
export function selectImages(images: PackedImages, indices: ArrayLike<number>): PackedImages {
  const size = images.height * images.width * images.channels
  const data = new Uint8Array(indices.length * size)
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row] as number
    data.set(images.data.subarray(index * size, (index + 1) * size), row * size)
  }
  return { ...images, data, count: indices.length }
}
