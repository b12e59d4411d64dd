import { openArtifactStore, type ArtifactStore } from '@lethe/artifacts'
import { connectBus } from '@lethe/bus'
import { Digest, isDomainError } from '@lethe/domain'
import type { BlobState } from '@lethe/ledger'
import { readStackEnv, startPlatformNats } from '@lethe/stack'
import { stateDirOf } from '../state-dir.js'

/**
 * The blobs of a platform, as the registrar may read them: `nats` for those of the bus of this state directory (or of NATS_URL),
 * whose server is started for the while if it does not run, or `file:///folder`.
 *
 * @throws DomainError ARTIFACT_LOCATION_INVALID
 */
export async function withBlobs<T>(location: string, work: (blobs: ArtifactStore) => Promise<T>): Promise<T> {
  const env = readStackEnv()
  const server =
    env.natsUrl === undefined
      ? await startPlatformNats({ stateDir: stateDirOf(env), cacheDir: env.cacheDir })
      : undefined
  try {
    const url = env.natsUrl ?? server?.urls.registrar ?? ''
    const bus = await connectBus({ url, name: 'fsck', user: 'registrar' })
    try {
      return await work(await openArtifactStore(location, bus.nc))
    } finally {
      await bus.close()
    }
  } finally {
    await server?.stop()
  }
}

/** How one tenant's blob is found. An accident, such as a server that goes away, is thrown on. */
export const lookInto =
  (blobs: ArtifactStore, tenantId: string) =>
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
