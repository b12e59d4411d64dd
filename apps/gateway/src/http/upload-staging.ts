import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { DomainError } from '@lethe/domain'
import type { UploadGrant } from './upload-signer.js'

/** Bytes that are read at a time on the way into the store. */
const pieceBytes = 2 ** 18

/** Where uploads grow until they are whole: a file each, in a folder of this process or shared by all of them. */
export interface UploadStaging {
  /** Bytes that are there; 0 where nothing is. */
  offsetOf(grant: UploadGrant): Promise<number>
  /**
   * Does the work while nobody else of this process has the upload. Whoever is still sending it is cut off first: a client
   * that comes again has given that connection up. Whoever has sent all of it is waited for.
   *
   * @param body what the work may take in
   * @throws DomainError UPLOAD_SUPERSEDED when somebody else came while the body arrived
   */
  take<T>(grant: UploadGrant, body: Readable | null, work: (upload: StagedUpload) => Promise<T>): Promise<T>
  /** Removes what nobody has added to since. @returns how many */
  sweep(before: Date): Promise<number>
}

/** An upload that one request has. What it took in is read from the very file, whatever another process puts in its place. */
export interface StagedUpload {
  offset(): Promise<number>
  /**
   * Adds the body behind what is there, as it arrives.
   *
   * @returns bytes that are there now; those that arrived before the sender broke off count
   * @throws DomainError UPLOAD_OFFSET when other bytes are there than the sender believes, UPLOAD_TOO_LARGE
   */
  append(offset: number): Promise<number>
  /** The body in place of what is there. @throws DomainError UPLOAD_TOO_LARGE */
  replace(): Promise<number>
  /** What append or replace left, piece by piece. */
  read(): AsyncIterable<Uint8Array>
  discard(): Promise<void>
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

const superseded = (): DomainError =>
  new DomainError('UPLOAD_SUPERSEDED', 'Another request goes on with this upload; ask with HEAD how far it is.')

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

export function createUploadStaging(folder: string): UploadStaging {
  const holders = new Map<string, { cutOff: () => void; done: Promise<unknown> }>()
  const fileOf = ({ tenantId, digest }: UploadGrant): string => path.join(folder, `${tenantId}-${digest}.part`)
  return {
    offsetOf: (grant) => sizeOf(fileOf(grant)),
    async take(grant, body, work) {
      const file = fileOf(grant)
      for (let holder = holders.get(file); holder !== undefined; holder = holders.get(file)) {
        holder.cutOff()
        await holder.done.catch(() => undefined)
      }
      const upload = new PartFile(file, grant.sizeBytes, body)
      const done = work(upload)
      holders.set(file, { cutOff: () => upload.cutOff(), done })
      try {
        return await done
      } finally {
        holders.delete(file)
        await upload.close()
      }
    },
    async sweep(before) {
      const names = await readdir(folder).catch(() => [])
      let removed = 0
      for (const name of names.filter((each) => each.endsWith('.part'))) {
        const file = path.join(folder, name)
        const changed = await stat(file).catch(() => null)
        if (changed === null || changed.mtime >= before || holders.has(file)) continue
        await rm(file, { force: true })
        removed += 1
      }
      return removed
    },
  }
}

class PartFile implements StagedUpload {
  #file: FileHandle | null = null
  #isCutOff = false

  constructor(
    private readonly path: string,
    private readonly most: number,
    private readonly body: Readable | null,
  ) {}

  offset(): Promise<number> {
    return sizeOf(this.path)
  }

  async append(offset: number): Promise<number> {
    const size = await this.offset()
    if (size !== offset) throw offsetMismatch(size)
    if (offset === 0) return this.replace()
    this.#file = await open(this.path, 'r+').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? offsetMismatch(0) : error
    })
    return this.#receive(offset)
  }

  /** Another file takes the place: whoever reads the one before reads it to its end. */
  async replace(): Promise<number> {
    await mkdir(path.dirname(this.path), { recursive: true, mode: 0o700 })
    const draft = this.path.replace(/part$/, `${randomUUID()}.part`)
    this.#file = await open(draft, 'wx+', 0o600)
    await rename(draft, this.path)
    return this.#receive(0)
  }

  /** On disk when it returns. What was read before an accident stays, so that the sender can go on. */
  async #receive(offset: number): Promise<number> {
    const file = this.#open()
    let at = offset
    try {
      // Left undestroyed where it is refused, so that the answer can be sent.
      const pieces = this.body?.iterator({ destroyOnReturn: false }) ?? []
      for await (const piece of pieces as AsyncIterable<Uint8Array>) {
        if (this.#isCutOff) throw superseded()
        if (at + piece.byteLength > this.most)
          throw new DomainError(
            'UPLOAD_TOO_LARGE',
            `More than the ${this.most} bytes that this address was given out for.`,
          )
        await file.write(piece, 0, piece.byteLength, at)
        at += piece.byteLength
      }
      return at
    } catch (error) {
      throw this.#isCutOff ? superseded() : error
    } finally {
      await file.sync()
    }
  }

  async *read(): AsyncGenerator<Uint8Array> {
    const file = this.#open()
    for (let at = 0; ;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, at)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true })
  }

  /** Has no effect once the body is here. */
  cutOff(): void {
    this.#isCutOff = true
    this.body?.destroy()
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }

  #open(): FileHandle {
    if (this.#file === null) throw new Error('Nothing was taken in.')
    return this.#file
  }
}
