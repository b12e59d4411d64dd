import { openArtifactStore, type ArtifactStore } from '@lethe/artifacts'
import { connectBus } from '@lethe/bus'
import { startPlatformNats } from './platform-nats.js'

export interface PlatformBlobs {
  readonly store: Pick<ArtifactStore, 'get'>
  close(): Promise<void>
}

/**
 * The blobs of a platform, as its registrar may read them. `location`: `nats` for those of the bus of this state directory, or
 * of `natsUrl`, whose server is started for the while if it does not run; or `file:///folder`.
 *
 * @throws DomainError ARTIFACT_LOCATION_INVALID
 */
export async function openPlatformBlobs(options: {
  stateDir: string
  cacheDir: string
  natsUrl: string | undefined
  location: string
}): Promise<PlatformBlobs> {
  const { natsUrl, location, ...at } = options
  const server = natsUrl === undefined ? await startPlatformNats(at) : undefined
  try {
    const bus = await connectBus({ url: natsUrl ?? server?.urls.registrar ?? '', name: 'fsck', user: 'registrar' })
    const close = async (): Promise<void> => {
      await bus.close()
      await server?.stop()
    }
    try {
      return { store: await openArtifactStore(location, bus.nc), close }
    } catch (error) {
      await bus.close()
      throw error
    }
  } catch (error) {
    await server?.stop()
    throw error
  }
}
