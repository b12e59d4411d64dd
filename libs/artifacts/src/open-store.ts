import { DomainError } from '@lethe/domain'
import { fileURLToPath } from 'node:url'
import type { NatsConnection } from 'nats'
import type { ArtifactStore } from './artifact-store.js'
import { folderStore } from './folder-store.js'
import { natsStore, type NatsStoreOptions } from './nats-store.js'

/** `nats` keeps blobs in the object store of the connection; `file:///path` in a folder that every process sees. */
export async function openArtifactStore(
  location: string,
  nc: NatsConnection,
  options: NatsStoreOptions = {},
): Promise<ArtifactStore> {
  if (location === 'nats') return natsStore(nc, options)
  if (location.startsWith('file:///')) return folderStore(fileURLToPath(location))
  throw new DomainError(
    'ARTIFACT_LOCATION_INVALID',
    'Artifacts are kept in "nats" or in a folder given as file:///path.',
    'ARTIFACTS',
  )
}
