import { openArtifactStore, type ArtifactStore } from '@lethe/artifacts'
import { busUrl, connectBus } from '@lethe/bus'
import { startPlatformNats } from './platform-nats.js'
import { openSecrets } from './secrets.js'

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
    const url = server?.urls.registrar ?? busUrl(natsUrl ?? '', 'registrar', registrarPassword(at.stateDir))
    const bus = await connectBus({ url, name: 'fsck', user: 'registrar' })
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

const registrarPassword = (stateDir: string): string => openSecrets(stateDir).busPasswords.registrar
