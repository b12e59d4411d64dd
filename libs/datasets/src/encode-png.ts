import sharp from 'sharp'

/** @param rgb [size, size, 3], row-major. @returns the picture as PNG bytes, lossless. */
export const encodePng = async (rgb: Uint8Array, size: number): Promise<Uint8Array> =>
  sharp(rgb, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer()
