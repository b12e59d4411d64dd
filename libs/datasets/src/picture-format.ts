export const pictureFormats = ['png', 'jpeg', 'webp'] as const
export type PictureFormat = (typeof pictureFormats)[number]

const signatures: Readonly<Record<PictureFormat, readonly (readonly [offset: number, bytes: readonly number[]])[]>> = {
  png: [[0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]]],
  jpeg: [[0, [0xff, 0xd8, 0xff]]],
  webp: [
    [0, [0x52, 0x49, 0x46, 0x46]],
    [8, [0x57, 0x45, 0x42, 0x50]],
  ],
}

/** Bytes that tell a picture from everything else. */
export const SIGNATURE_BYTES = 12

/** Told by its first bytes, never by its name: other decoders (SVG, PDF, …) are not reachable from an upload. */
export const pictureFormat = (bytes: Uint8Array): PictureFormat | null =>
  pictureFormats.find((format) =>
    signatures[format].every(([offset, part]) => part.every((byte, i) => bytes[offset + i] === byte)),
  ) ?? null
