import { randomUUID } from 'node:crypto'
import { access, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { blobName, checked, digestOf, missing, verified, type ArtifactStore } from './artifact-store.js'

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** A folder per tenant, fanned out by the digest's first byte. A file appears whole or not at all. */
export function folderStore(root: string): ArtifactStore {
  const pathOf = (tenantId: string, wanted: string): string => {
    const { tenant, digest } = blobName(tenantId, wanted)
    return join(root, tenant, digest.slice(0, 2), digest)
  }
  const has = (tenantId: string, digest: string): Promise<boolean> =>
    access(pathOf(tenantId, digest)).then(
      () => true,
      () => false,
    )
  return {
    has,
    async put(tenantId, bytes) {
      const digest = digestOf(bytes)
      await writeWhole(pathOf(tenantId, digest), bytes)
      return { digest, size: bytes.byteLength }
    },
    async putStream(tenantId, digest, bytes) {
      const path = pathOf(tenantId, digest)
      await writeWhole(path, checked(bytes, digest))
      return { digest, size: (await stat(path)).size }
    },
    sizeOf: (tenantId, digest) =>
      stat(pathOf(tenantId, digest)).then(
        ({ size }) => size,
        () => null,
      ),
    async get(tenantId, digest) {
      try {
        return verified(await readFile(pathOf(tenantId, digest)), digest)
      } catch (error) {
        throw isMissing(error) ? missing(digest) : error
      }
    },
    async getStream(tenantId, digest) {
      try {
        const file = await open(pathOf(tenantId, digest))
        return { size: (await file.stat()).size, bytes: file.createReadStream() }
      } catch (error) {
        throw isMissing(error) ? missing(digest) : error
      }
    },
    async delete(tenantId, digest) {
      if (!(await has(tenantId, digest))) return false
      await rm(pathOf(tenantId, digest), { force: true })
      return true
    },
  }
}

/** Written beside its place, flushed, then renamed; a crash leaves at worst a file that nothing names. */
async function writeWhole(path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomUUID()}.part`
  try {
    const file = await open(draft, 'wx')
    try {
      await writeFile(file, bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}
