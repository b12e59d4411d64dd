import { Digest, isDomainError } from '@lethe/domain'
import type { BlobState } from '@lethe/ledger'
import { openPlatformBlobs, type PlatformBlobs, readStackEnv } from '@lethe/stack'
import { stateDirOf } from '../state-dir.js'

export type Blobs = PlatformBlobs['store']

/** Work with the blobs of the platform of LETHE_HOME, or of NATS_URL; `location` as ARTIFACTS of the services. */
export async function withBlobs<T>(location: string, work: (blobs: Blobs) => Promise<T>): Promise<T> {
  const env = readStackEnv()
  const { cacheDir, natsUrl } = env
  const blobs = await openPlatformBlobs({ stateDir: stateDirOf(env), cacheDir, natsUrl, location })
  try {
    return await work(blobs.store)
  } finally {
    await blobs.close()
  }
}

/** How one tenant's blob is found. An accident, such as a server that goes away, is thrown on. */
export const lookInto =
  (blobs: Blobs, tenantId: string) =>
  async (digest: string): Promise<BlobState> => {
    try {
      await blobs.get(tenantId, Digest.parse(digest))
      return 'sound'
    } catch (error) {
      if (isDomainError(error) && error.code === 'ARTIFACT_MISSING') return 'missing'
      if (isDomainError(error) && error.code === 'ARTIFACT_CORRUPT') return 'changed'
      throw error
    }
  }
