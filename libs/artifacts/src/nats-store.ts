import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream'
import { Objm, type ObjectInfo, type ObjectStore } from '@nats-io/obj'
import { setTimeout as wait } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { blobName, corrupt, digestOf, missing, verified, type ArtifactStore } from './artifact-store.js'

export interface NatsStoreOptions {
  /** Copies of every blob; 1 on one machine, 3 on a cluster. */
  readonly replicas?: number
  /** A read that takes longer fails as an accident, to be tried again. */
  readonly readTimeoutMs?: number
}

const bucket = 'artifacts'

/** Blobs beside the messages, for installations without other storage. */
export async function natsStore(nc: NatsConnection, options: NatsStoreOptions = {}): Promise<ArtifactStore> {
  const objects = await new Objm(nc).create(bucket, { replicas: options.replicas ?? 1 })
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
    if (!(await hasEveryChunk(objects, info))) throw corrupt(digest)
    return verified(await readChunks(objects, info, digest, options.readTimeoutMs ?? 120_000), digest)
  }
  return {
    get,
    has: async (tenantId, digest) => (await find(tenantId, digest)) !== null,
    async put(tenantId, bytes) {
      const digest = digestOf(bytes)
      const stored = { digest, size: bytes.byteLength }
      // Present is not enough: a damaged blob is mended by putting it again.
      const isIntact = await get(tenantId, digest).then(
        () => true,
        () => false,
      )
      if (!isIntact) await write(objects, nameOf(tenantId, digest), bytes)
      return stored
    },
    async delete(tenantId, digest) {
      const info = await find(tenantId, digest)
      if (!info) return false
      await overwriteChunks(nc, info)
      await objects.delete(info.name)
      return true
    },
  }
}

/** Whoever writes the same name first wins; the bytes are the same, so the others have nothing left to do. */
async function write(objects: ObjectStore, name: string, bytes: Uint8Array): Promise<void> {
  const previous = await objects.info(name)
  try {
    await objects.putBlob({ name }, bytes, { previousRevision: previous?.revision ?? 0 })
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== 10071) throw error
  }
}

/**
 * The server forgets a purged message and leaves its bytes in its files until it makes them anew. A message that is
 * deleted by number is overwritten on disk first. Cut off in the middle, the rest is overwritten by the next deletion.
 */
async function overwriteChunks(nc: NatsConnection, { nuid }: ObjectInfo): Promise<void> {
  const { streams } = await jetstreamManager(nc)
  const stream = `OBJ_${bucket}`
  for (;;) {
    const chunk = await streams.getMessage(stream, { last_by_subj: `$O.${bucket}.C.${nuid}` })
    if (chunk === null) return
    await streams.deleteMessage(stream, chunk.seq, true).catch(async (error: unknown) => {
      // Somebody else may have just deleted it, which the server says in several ways.
      if ((await streams.getMessage(stream, { seq: chunk.seq })) !== null) throw error
    })
  }
}

/** The client waits for ever for a chunk that is gone, so they are counted first. */
async function hasEveryChunk(objects: ObjectStore, { nuid, chunks }: ObjectInfo): Promise<boolean> {
  if (chunks === 0) return true
  const subject = `$O.${bucket}.C.${nuid}`
  const { streamInfo } = await objects.status({ subjects_filter: subject })
  return streamInfo.state.subjects?.[subject] === chunks
}

async function readChunks(objects: ObjectStore, info: ObjectInfo, digest: string, timeoutMs: number) {
  const timer = new AbortController()
  try {
    const bytes = await Promise.race([
      objects.getBlob(info.name).catch((error: unknown) => {
        throw error instanceof Error && error.message.includes('corrupt object') ? corrupt(digest) : error
      }),
      wait(timeoutMs, 'late' as const, { signal: timer.signal }),
    ])
    if (bytes === 'late') throw new Error('Reading a blob took too long.')
    if (bytes === null) throw missing(digest)
    return bytes
  } finally {
    timer.abort()
  }
}
