import { decodeImage } from '@lethe/datasets'
import { DomainError, isDomainError } from '@lethe/domain'
import { z } from 'zod'

export const limits = {
  imagesPerRequest: 64,
  textsPerRequest: 256,
  charactersPerText: 4096,
  bytesPerImage: 8 * 2 ** 20,
  pixelsPerImage: 16_000_000,
  bytesPerRequest: 24 * 2 ** 20,
} as const

const Batch = z.strictObject({ images: z.array(z.base64().min(1)).min(1).max(limits.imagesPerRequest) })

/** The pictures of a request, decoded and fitted into the model's square: [n, size, size, 3]. @throws DomainError. */
export async function readImages(body: unknown, size: number): Promise<Uint8Array> {
  if (Buffer.isBuffer(body)) return decode(body, size, 'body')
  const batch = Batch.safeParse(body)
  if (!batch.success) {
    const issue = batch.error.issues[0]
    throw new DomainError(
      'BATCH_INVALID',
      `Send {"images": […]} with 1 to ${limits.imagesPerRequest} pictures in base64: ${issue?.message ?? ''}.`,
      issue?.path.join('.') || 'images',
    )
  }
  const images = new Uint8Array(batch.data.images.length * size * size * 3)
  for (const [index, text] of batch.data.images.entries())
    images.set(await decode(Buffer.from(text, 'base64'), size, `images.${index}`), index * size * size * 3)
  return images
}

async function decode(bytes: Uint8Array, size: number, field: string): Promise<Uint8Array> {
  try {
    return await decodeImage(bytes, size, { maxBytes: limits.bytesPerImage, maxPixels: limits.pixelsPerImage })
  } catch (error) {
    if (isDomainError(error)) throw new DomainError(error.code, error.message, field)
    throw error
  }
}
