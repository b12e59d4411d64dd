import { JetStreamApiError, jetstreamManager, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream'
import { Objm, type ObjectInfo, type ObjectStore } from '@nats-io/obj'
import { ReadableStream } from 'node:stream/web'
import { setTimeout as wait } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { blobName, checked, corrupt, digestOf, missing, verified, type ArtifactStore } from './artifact-store.js'

export interface NatsStoreOptions {
  /** Copies of every blob; 1 on one machine, 3 on a cluster. */
  readonly replicas?: number
  /** A read that takes longer fails as an accident, to be tried again. */
  readonly readTimeoutMs?: number
  /** For services that may not make the bucket: they use the one that the registrar makes. */
  readonly isMadeElsewhere?: boolean
}

const bucket = 'artifacts'
const stream = `OBJ_${bucket}`
const chunkSubject = ({ nuid }: ObjectInfo): string => `$O.${bucket}.C.${nuid}`
/** What one answer may hold, so that a server never takes the reader for a slow one. */
const batchBytes = 16 * 2 ** 20
/** The same where the bytes are handed on: then so much is all that is held. */
const streamedBytes = 4 * 2 ** 20
/** A replica may answer that has not heard of the newest chunks yet: it is asked again so often before they count as gone. */
const [replicaPauses, replicaPauseMs] = [4, 50]

/** Blobs beside the messages, for installations without other storage. */
export async function natsStore(nc: NatsConnection, options: NatsStoreOptions = {}): Promise<ArtifactStore> {
  const manager = await jetstreamManager(nc)
  const objm = new Objm(nc)
  const objects = options.isMadeElsewhere
    ? await objm.open(bucket, false)
    : await objm.create(bucket, { replicas: options.replicas ?? 1 })
  const nameOf = (tenantId: string, wanted: string): string => {
    const { tenant, digest } = blobName(tenantId, wanted)
    return `${tenant}/${digest}`
  }
  const find = async (tenantId: string, digest: string): Promise<ObjectInfo | null> => {
    const info = await objects.info(nameOf(tenantId, digest))
    return info === null || info.deleted ? null : info
  }
  const get: ArtifactStore['get'] = async (tenantId, digest) => {
    const info = await find(tenantId, digest)
    if (!info) throw missing(digest)
    const bytes = await inTime(readChunks(manager, info), options.readTimeoutMs ?? 120_000)
    if (bytes === null) throw corrupt(digest)
    return verified(bytes, digest)
  }
  return {
    get,
    async getStream(tenantId, digest) {
      const info = await find(tenantId, digest)
      if (!info) throw missing(digest)
      if (!(await hasEveryChunk(manager, info))) throw corrupt(digest)
      return { size: info.size, bytes: streamChunks(manager, info, digest) }
    },
    has: async (tenantId, digest) => (await find(tenantId, digest)) !== null,
    async put(tenantId, bytes) {
      const digest = digestOf(bytes)
      const stored = { digest, size: bytes.byteLength }
      // Present is not enough: a damaged blob is mended by putting it again.
      const isIntact = await get(tenantId, digest).then(
        () => true,
        () => false,
      )
      if (!isIntact) await write(objects, nameOf(tenantId, digest), ReadableStream.from([bytes]))
      return stored
    },
    async putStream(tenantId, digest, bytes) {
      const found = await find(tenantId, digest)
      const source = checked(bytes, digest)
      // The store's own digest tells a blob that is there already, without fetching it. What came is read all the same:
      // whoever sent other bytes is not to believe that they are kept.
      const isThere = found?.digest === storeDigest(digest) && (await hasEveryChunk(manager, found))
      if (isThere) for await (const _ of source);
      else await write(objects, nameOf(tenantId, digest), ReadableStream.from(source))
      return { digest, size: (await find(tenantId, digest))?.size ?? 0 }
    },
    sizeOf: async (tenantId, digest) => (await find(tenantId, digest))?.size ?? null,
    async delete(tenantId, digest) {
      const info = await find(tenantId, digest)
      if (!info) return false
      await overwriteChunks(manager, info)
      await objects.delete(info.name)
      return true
    },
  }
}

/** Whoever writes the same name first wins; the bytes are the same, so the others have nothing left to do. */
async function write(objects: ObjectStore, name: string, bytes: ReadableStream<Uint8Array>): Promise<void> {
  const previous = await objects.info(name)
  try {
    await objects.put({ name }, bytes, { previousRevision: previous?.revision ?? 0 })
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== 10071) throw error
  }
}

/** How the object store writes the SHA-256 of what it keeps. */
const storeDigest = (digest: string): string =>
  `SHA-256=${Buffer.from(digest, 'hex').toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`

async function hasEveryChunk({ streams }: JetStreamManager, info: ObjectInfo): Promise<boolean> {
  const subject = chunkSubject(info)
  const { state } = await streams.info(stream, { subjects_filter: subject })
  return (state.subjects?.[subject] ?? 0) === info.chunks
}

/**
 * The server forgets a purged message and leaves its bytes in its files until it makes them anew. A message that is
 * deleted by number is overwritten on disk first. Cut off in the middle, the rest is overwritten by the next deletion.
 */
async function overwriteChunks({ streams }: JetStreamManager, info: ObjectInfo): Promise<void> {
  for (;;) {
    const chunk = await streams.getMessage(stream, { last_by_subj: chunkSubject(info) })
    if (chunk === null) return
    await streams.deleteMessage(stream, chunk.seq, true).catch(async (error: unknown) => {
      // Somebody else may have just deleted it, which the server says in several ways.
      if ((await streams.getMessage(stream, { seq: chunk.seq })) !== null) throw error
    })
  }
}

/** The bytes in order, or null where a chunk is missing. */
async function readChunks(manager: JetStreamManager, info: ObjectInfo): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(info.size)
  let filled = 0
  for await (const data of chunksOf(manager, info, batchBytes)) {
    if (filled + data.length > bytes.length) return null
    bytes.set(data, filled)
    filled += data.length
  }
  return filled === bytes.length ? bytes : null
}

async function* streamChunks(manager: JetStreamManager, info: ObjectInfo, digest: string): AsyncGenerator<Uint8Array> {
  let left = info.size
  for await (const data of chunksOf(manager, info, streamedBytes)) {
    left -= data.length
    if (left < 0) break
    yield data
  }
  if (left !== 0) throw corrupt(digest)
}

/**
 * Chunks in order, fewer where one is missing. They are asked for by subject and not through a consumer: whoever may make a
 * consumer may also choose the subject that the server delivers it to.
 */
async function* chunksOf(manager: JetStreamManager, info: ObjectInfo, bytes: number): AsyncGenerator<Uint8Array> {
  let [chunks, next] = [0, 1]
  for (let patience = replicaPauses; chunks < info.chunks;) {
    const batch = await batchFrom(manager, info, next, bytes)
    for (const { seq, data } of batch) {
      ;[chunks, next] = [chunks + 1, seq + 1]
      yield data
    }
    if (batch.length > 0) continue
    if (patience-- === 0) return
    await wait(replicaPauseMs)
  }
}

type Chunk = Pick<StoredMsg, 'seq' | 'data'>

async function batchFrom({ direct }: JetStreamManager, info: ObjectInfo, seq: number, bytes: number): Promise<Chunk[]> {
  const asked = { seq, next_by_subj: chunkSubject(info), batch: info.chunks, max_bytes: bytes }
  const chunks: Chunk[] = []
  try {
    for await (const chunk of await direct.getBatch(stream, asked)) chunks.push(chunk)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 404)) throw error
  }
  return chunks
}

async function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const timer = new AbortController()
  try {
    const done = await Promise.race([work, wait(timeoutMs, 'late' as const, { signal: timer.signal })])
    if (done === 'late') throw new Error('Reading a blob took too long.')
    return done
  } finally {
    timer.abort()
    work.catch(() => undefined)
  }
}
