import { sha256OfPieces } from '@lethe/domain/digests'

/** Bytes that one request carries. */
const partBytes = 4 * 2 ** 20
/** A part is tried so often before the upload counts as broken. */
const mostAttempts = 5

/** Where exactly this file may be sent, as the gateway gives it. */
export type AskAddress = (file: { digest: string; sizeBytes: number }) => Promise<string>

/**
 * Sends a file in parts through the portal, and goes on where the gateway says that it was broken off, also after the page
 * was closed.
 *
 * @param onProgress hears how many bytes are there; null while the file is only read
 * @returns its digest
 * @throws Error when a part does not arrive in five attempts
 */
export async function uploadFile(
  file: File,
  ask: AskAddress,
  onProgress: (sent: number | null) => void,
): Promise<string> {
  onProgress(null)
  const digest = await sha256OfPieces(piecesOf(file))
  const { pathname, search } = new URL(await ask({ digest, sizeBytes: file.size }))
  const url = `/api${pathname}${search}`
  for (let attempt = 0; attempt < mostAttempts;) {
    const there = await progressAt(url)
    if (there?.isComplete === true) return digest
    if (there !== null) onProgress(there.offset)
    const hasArrived = there !== null && (await sendPart(url, file, there.offset))
    attempt = hasArrived ? 0 : attempt + 1
    if (!hasArrived) await new Promise((resolve) => setTimeout(resolve, 500 * attempt))
  }
  throw new Error('UPLOAD_BROKEN')
}

async function* piecesOf(file: File): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += partBytes)
    yield new Uint8Array(await file.slice(at, at + partBytes).arrayBuffer())
}

async function progressAt(url: string): Promise<{ offset: number; isComplete: boolean } | null> {
  const answer = await fetch(url, { method: 'HEAD' }).catch(() => null)
  if (answer?.ok !== true) return null
  return {
    offset: Number(answer.headers.get('upload-offset')),
    isComplete: answer.headers.get('upload-complete') === '?1',
  }
}

async function sendPart(url: string, file: File, offset: number): Promise<boolean> {
  const end = Math.min(offset + partBytes, file.size)
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: {
      'content-type': 'application/partial-upload',
      'upload-offset': String(offset),
      'upload-complete': end === file.size ? '?1' : '?0',
    },
    body: await file.slice(offset, end).arrayBuffer(),
  }).catch(() => null)
  return answer?.ok === true
}
