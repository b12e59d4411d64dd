import { lookBytes, perceptualHash } from '@lethe/domain/looks'

/** What is told of a file; the file and its name stay in the browser. */
export interface FileLook {
  contentId: string
  look: string | null
}

/** Edge of the square that pictures are compared in, pixels; a hash has 8 × 8 cells of it. */
const edge = 64

/** SHA-256 of the bytes, and what the picture looks like where the browser can decode it. */
export async function readFile(file: File): Promise<FileLook> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return { contentId: hexOf(new Uint8Array(digest)), look: await lookOf(file) }
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

async function lookOf(file: File): Promise<string | null> {
  const picture = await createImageBitmap(file).catch(() => null)
  if (picture === null) return null
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = edge
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) return null
  drawWhole(context, picture)
  const { data } = context.getImageData(0, 0, edge, edge)
  const rgb = new Uint8Array(edge * edge * 3)
  for (let at = 0; at < edge * edge; at++) rgb.set(data.subarray(at * 4, at * 4 + 3), at * 3)
  return btoa(String.fromCharCode(...lookBytes(perceptualHash(rgb, edge))))
}

/** Fitted whole into the square, on white, as ingest does. */
function drawWhole(context: CanvasRenderingContext2D, picture: ImageBitmap): void {
  const scale = edge / Math.max(picture.width, picture.height)
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)]
  context.fillStyle = 'white'
  context.fillRect(0, 0, edge, edge)
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, Math.round((edge - width) / 2), Math.round((edge - height) / 2), width, height)
}
