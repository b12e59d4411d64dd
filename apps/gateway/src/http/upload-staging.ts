import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { DomainError } from '@lethe/domain'
import type { UploadGrant } from './upload-signer.js'

/** Where uploads grow until they are whole: a file each, in a folder of this process or shared by all of them. */
export interface UploadStaging {
  /** Bytes that are there; 0 where nothing is. */
  offsetOf(grant: UploadGrant): Promise<number>
  /**
   * Adds bytes behind those that are there, as they arrive. Whoever was still sending the same upload is cut off first:
   * a client that comes again has given that connection up.
   *
   * @returns bytes that are there now; those that arrived before the sender broke off count
   * @throws DomainError UPLOAD_OFFSET when other bytes are there than the sender believes, UPLOAD_TOO_LARGE
   */
  append(grant: UploadGrant, offset: number, body: Readable): Promise<number>
  /** The bytes that are there, piece by piece. */
  read(grant: UploadGrant): AsyncIterable<Uint8Array>
  discard(grant: UploadGrant): Promise<void>
  /** Removes what nobody has added to since. @returns how many */
  sweep(before: Date): Promise<number>
}

export const offsetMismatch = (expected: number): DomainError & { readonly expected: number } =>
  Object.assign(
    new DomainError(
      'UPLOAD_OFFSET',
      `${expected} bytes are here; go on from there, or from 0 with PUT.`,
      'Upload-Offset',
    ),
    { expected },
  )

export function createUploadStaging(folder: string): UploadStaging {
  const writers = new Map<string, { stop: () => void; done: Promise<unknown> }>()
  const fileOf = ({ tenantId, digest }: UploadGrant): string => path.join(folder, `${tenantId}-${digest}.part`)
  const offsetOf = async (grant: UploadGrant): Promise<number> =>
    stat(fileOf(grant)).then(
      ({ size }) => size,
      () => 0,
    )
  return {
    offsetOf,
    async append(grant, offset, body) {
      const file = fileOf(grant)
      while (writers.has(file)) {
        const writer = writers.get(file)
        writer?.stop()
        await writer?.done.catch(() => undefined)
      }
      const done = write(file, { offset, most: grant.sizeBytes, body })
      writers.set(file, { stop: () => body.destroy(), done })
      try {
        return await done
      } finally {
        writers.delete(file)
      }
    },
    read: (grant) => createReadStream(fileOf(grant)) as AsyncIterable<Uint8Array>,
    discard: (grant) => rm(fileOf(grant), { force: true }),
    async sweep(before) {
      const names = await readdir(folder).catch(() => [])
      let removed = 0
      for (const name of names.filter((each) => each.endsWith('.part'))) {
        const file = path.join(folder, name)
        const changed = await stat(file).catch(() => null)
        if (changed === null || changed.mtime >= before || writers.has(file)) continue
        await rm(file, { force: true })
        removed += 1
      }
      return removed
    },
  }
}

/** On disk when it returns. What was read before an accident stays, so that the sender can go on. */
async function write(
  path_: string,
  { offset, most, body }: { offset: number; most: number; body: Readable },
): Promise<number> {
  await mkdir(path.dirname(path_), { recursive: true, mode: 0o700 })
  const file = await open(path_, offset === 0 ? 'w' : 'r+', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? offsetMismatch(0) : error
  })
  try {
    const { size } = await file.stat()
    if (size !== offset) throw offsetMismatch(size)
    let at = offset
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      if (at + piece.byteLength > most)
        throw new DomainError('UPLOAD_TOO_LARGE', `More than the ${most} bytes that this address was given out for.`)
      await file.write(piece, 0, piece.byteLength, at)
      at += piece.byteLength
    }
    return at
  } finally {
    await file.sync()
    await file.close()
  }
}
