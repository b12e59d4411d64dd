import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { DomainError } from '@lethe/domain'
import type { GatewayClient } from '../gateway-client.js'

/** Bytes that one PATCH carries, and that are held at a time. */
const partBytes = 8 * 2 ** 20
/** So long it is tried again while nothing arrives. */
const patienceMs = 60_000
const pauseMs = 500

/**
 * Sends a file to where `registerDataset` finds it, in parts. It goes on where the gateway says that it was broken off,
 * also when that was another process.
 *
 * @param onSent hears how many bytes are there, of how many
 * @returns the file's digest
 * @throws DomainError UPLOAD_BROKEN when nothing arrives for a minute, and what the gateway refuses
 */
export async function uploadFile(
  client: GatewayClient,
  path: string,
  onSent: (sent: number, of: number) => void,
): Promise<string> {
  const { digest, size } = await hashFile(path)
  const url = await client.uploadAddress({ digest, sizeBytes: size })
  const file = await open(path)
  try {
    let sent = -1
    for (let heardAt = Date.now(); ;) {
      const there = await progressAt(url)
      if (there !== null && there.offset > sent) [sent, heardAt] = [there.offset, Date.now()]
      if (there?.isComplete === true) return digest
      onSent(Math.max(sent, 0), size)
      if (Date.now() - heardAt > patienceMs)
        throw new DomainError('UPLOAD_BROKEN', 'The gateway took nothing for a minute; run this again to go on.')
      if (there === null || !(await sendPart(url, file, there.offset, size))) await wait(pauseMs)
    }
  } finally {
    await file.close()
  }
}

async function hashFile(path: string): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(piece)
    size += piece.length
  }
  return { digest: hash.digest('hex'), size }
}

/** Null while the gateway cannot be reached. */
async function progressAt(url: string): Promise<{ offset: number; isComplete: boolean } | null> {
  const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(patienceMs) }).catch(() => null)
  if (answer === null || answer.status >= 500) return null
  if (!answer.ok)
    throw new DomainError('UPLOAD_DENIED', 'The address of this upload is not valid any more; run this again.')
  return {
    offset: Number(answer.headers.get('upload-offset')),
    isComplete: answer.headers.get('upload-complete') === '?1',
  }
}

/** @returns false when it did not arrive, as far as one can tell; then it is asked what did. */
async function sendPart(
  url: string,
  file: Awaited<ReturnType<typeof open>>,
  offset: number,
  size: number,
): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(partBytes, size - offset)), { position: offset })
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: {
      'content-type': 'application/partial-upload',
      'upload-offset': String(offset),
      'upload-complete': offset + bytesRead === size ? '?1' : '?0',
    },
    body: buffer.subarray(0, bytesRead),
    signal: AbortSignal.timeout(patienceMs),
  }).catch(() => null)
  if (answer === null || answer.status >= 500 || answer.status === 409) return false
  if (answer.ok) return true
  const { code, message } = (await answer.json()) as { code: string; message: string }
  throw new DomainError(code, message)
}
